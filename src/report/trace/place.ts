import type { RecordedRun } from './recorded-run.ts';
import { operationRows } from './operation-rows.ts';
import { spansOf } from './fault-spans.ts';
import { violationRow } from './violation-row.ts';

/** A place of a run that is not there; the message says which there are. */
export class PlaceError extends Error {
  override readonly name = 'PlaceError';
}

/** How a person may name a place of a run. */
const PLACES = "an event's number, violation, #3 (an operation) or a fault's id";

/** The first row of the place that `text` names. */
export function rowOfPlace(run: RecordedRun, text: string): number {
  const { trace, events, history } = run.result;
  if (/^\d+$/.test(text)) {
    const event = Number(text);
    if (event < 1 || event > events)
      throw new PlaceError(`there is no event ${text}: this run has the events 1 to ${events}`);
    return trace.firstRowOf(event);
  }
  if (text === 'violation') {
    const row = violationRow(run);
    if (row < 0) throw new PlaceError('no property of this run is violated at a place in it');
    return row;
  }
  const number = /^#(\d+)$/.exec(text)?.[1];
  if (number !== undefined) {
    const rows = operationRows(trace)[Number(number)];
    if (rows === undefined)
      throw new PlaceError(
        `there is no operation ${text}: this run has ${history.length === 0 ? 'none' : `#0 to #${history.length - 1}`}`,
      );
    return rows.completeRow >= 0 ? rows.completeRow : rows.invokeRow;
  }
  const faults = spansOf(run).faults;
  const span = faults.find(({ fault }) => fault.id === text);
  if (span === undefined)
    throw new PlaceError(
      `"${text}": expected ${PLACES}; the faults that began are ${faults.map(({ fault }) => fault.id).join(', ') || 'none'}`,
    );
  return span.startRow;
}
