import { formatDuration } from '../../scenario/units.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import type { RowContext } from '../describe-row.ts';
import { faultsBehind, type RunSpans } from '../trace/fault-spans.ts';
import type { ClockChange, RecordedRun } from '../trace/recorded-run.ts';

/** What a whole run knows of its rows: which fault took a message, and how a clock stands. */
export function rowContext(run: RecordedRun, spans: RunSpans, whole: boolean): RowContext {
  const clocks = new Map(run.clocks.map((change) => [`${change.event} ${change.node}`, change]));
  return {
    whole,
    lostTo: (row) =>
      faultsBehind(spans, row, run.names)
        .map(({ fault }) => fault.id)
        .join(' or '),
    clock: ({ event, node }: TraceRow) => {
      const change = clocks.get(`${event} ${node}`);
      return change === undefined ? '' : clockText(change);
    },
  };
}

/** `now 5s ahead of true time, no longer at its rate`. */
export function clockText({ offsetUs, offRate }: ClockChange): string {
  const offset =
    offsetUs === 0
      ? 'now at true time'
      : `now ${formatDuration(Math.abs(offsetUs))} ${offsetUs > 0 ? 'ahead of' : 'behind'} true time`;
  return offRate ? `${offset}, not running at the true rate` : offset;
}
