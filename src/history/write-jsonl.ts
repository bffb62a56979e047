import { canonicalJson } from './canonical-json.ts';
import type { History, Operation } from './history.ts';
import { INFO } from './history.ts';

/** The history as JSON lines (DESIGN §6), in the order of its positions; reading it back gives an equal history. */
export function writeJsonl(history: History): string {
  let text = '';
  for (const line of jsonlLines(history)) text += line;
  return text;
}

/** The lines of {@link writeJsonl}, each with its newline: one at a time, so that a large history is never held twice. */
export function* jsonlLines(history: History): Generator<string, void, undefined> {
  for (const event of eventsInOrder(history)) {
    const op = history.operation(event >> 1);
    yield (event & 1) === 0
      ? lineOf(op, 'invoke', op.input, op.invokeTimeUs, null)
      : lineOf(op, op.status, op.output, op.completeTimeUs, op.error);
  }
}

/** Twice the operation's index, plus 1 for a completion. */
export function eventsInOrder(history: History): Int32Array {
  const { status, invoke, complete, completeLine, completeTimeUs, error } = history.columns;
  const events = new Int32Array(2 * history.length);
  let count = 0;
  for (let i = 0; i < history.length; i++) {
    events[count++] = 2 * i;
    const ended = completeLine[i]! > 0 || error[i] !== 0 || !Number.isNaN(completeTimeUs[i]!);
    if (status[i] !== INFO || ended) events[count++] = 2 * i + 1;
  }
  // An info line binds nothing: it goes to the end, where it cannot be mistaken for the operation's last moment.
  const at = (event: number): number =>
    (event & 1) === 0 ? invoke[event >> 1]! : complete[event >> 1]!;
  return events.subarray(0, count).sort((a, b) => at(a) - at(b) || a - b);
}

function lineOf(
  op: Operation,
  type: string,
  value: unknown,
  timeUs: number,
  error: string | null,
): string {
  return (
    `{"process":${JSON.stringify(op.process)},"type":"${type}","f":${JSON.stringify(op.f)}` +
    (op.key === undefined ? '' : `,"key":${canonicalJson(op.key)}`) +
    (value === undefined ? '' : `,"value":${canonicalJson(value)}`) +
    (Number.isNaN(timeUs) ? '' : `,"time":${timeUs}`) +
    (error === null ? '' : `,"error":${JSON.stringify(error)}`) +
    '}\n'
  );
}
