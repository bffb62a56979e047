import { HistoryError } from './history-error.ts';
import { INFO, NEVER } from './history.ts';
import type { HistoryColumns } from './history.ts';

/**
 * The same columns with positions taken from the timestamps. At equal times invocations come before completions, so that
 * operations which touch at one instant count as concurrent (closed intervals).
 */
export function positionsByTime(columns: HistoryColumns): HistoryColumns {
  const n = columns.invoke.length;
  const { invokeTimeUs, completeTimeUs, status } = columns;
  const fix = 'Give every event a time, or order by line (the default).';
  const events: number[] = [];
  for (let i = 0; i < n; i++) {
    const place = { file: columns.file, line: columns.invokeLine[i]! || undefined };
    if (Number.isNaN(invokeTimeUs[i]))
      throw new HistoryError(place, 'an invocation without time', 'a "time" on every line', fix);
    events.push(2 * i);
    if (status[i] === INFO) continue;
    if (Number.isNaN(completeTimeUs[i]))
      throw new HistoryError(place, 'a completion without time', 'a "time" on every line', fix);
    if (completeTimeUs[i]! < invokeTimeUs[i]!)
      throw new HistoryError(
        place,
        'an operation completes before its invocation',
        'completion time >= invocation time',
        'Order by line instead, or correct the clock that wrote this history.',
      );
    events.push(2 * i + 1);
  }
  const timeOf = (event: number): number =>
    event & 1 ? completeTimeUs[event >> 1]! : invokeTimeUs[event >> 1]!;
  events.sort((a, b) => timeOf(a) - timeOf(b) || (a & 1) - (b & 1) || a - b);
  const order = events.filter((event) => (event & 1) === 0).map((event) => event >> 1);
  const invoke = new Int32Array(n);
  const complete = new Int32Array(n).fill(NEVER);
  events.forEach((event, position) => {
    if (event & 1) complete[event >> 1] = position;
    else invoke[event >> 1] = position;
  });
  const take = <A extends Int32Array | Uint16Array | Uint8Array | Float64Array>(array: A): A => {
    const moved = array.slice() as A;
    order.forEach((from, to) => (moved[to] = array[from]!));
    return moved;
  };
  return {
    ...columns,
    process: take(columns.process),
    f: take(columns.f),
    key: take(columns.key),
    input: take(columns.input),
    output: take(columns.output),
    status: take(columns.status),
    error: take(columns.error),
    invoke: take(invoke),
    complete: take(complete),
    invokeTimeUs: take(invokeTimeUs),
    completeTimeUs: take(completeTimeUs),
    invokeLine: take(columns.invokeLine),
    completeLine: take(columns.completeLine),
  };
}
