import type { Trace, TraceRow } from './trace.ts';

/** The first row at which two traces differ; a side is null when its trace had already ended. */
export interface Divergence {
  /** The event in which it happened. */
  readonly event: number;
  /** Its number, the same in both traces: all rows before it are equal. */
  readonly row: number;
  readonly left: TraceRow | null;
  readonly right: TraceRow | null;
}

/**
 * Where two runs part: bisection over the checkpoints of their hashes, then row by row. Both traces must have kept their
 * rows (level `events` or `full`): a RangeError otherwise. Null when they are equal.
 */
export function firstDivergence(left: Trace, right: Trace): Divergence | null {
  if (left.hash() === right.hash() && left.rows === right.rows) return null;
  for (const { level } of [left, right])
    if (level === 'off')
      throw new RangeError(
        "two runs differ, but a trace kept no rows to find the place: run both with trace level 'events'",
      );
  const from = left.firstRowOf(lastEqualCheckpoint(left, right) + 1);
  for (let index = from; index < Math.max(left.keptRows(), right.keptRows()); index += 1) {
    const a = index < left.keptRows() ? left.row(index) : null;
    const b = index < right.keptRows() ? right.row(index) : null;
    if (a !== null && b !== null && sameRow(a, b)) continue;
    const event = Math.min(a?.event ?? Infinity, b?.event ?? Infinity);
    return { event, row: index, left: a, right: b };
  }
  return null;
}

/** The last event at which both hashes were still equal, by bisection; 0 when there is none. */
function lastEqualCheckpoint(left: Trace, right: Trace): number {
  const a = left.checkpoints();
  const b = right.checkpoints();
  let low = 0;
  let high = Math.min(a.length, b.length);
  // Once the hashes differ they stay different: the first differing checkpoint is found by halving.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (a[middle]!.hash === b[middle]!.hash) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : a[low - 1]!.event;
}

function sameRow(a: TraceRow, b: TraceRow): boolean {
  return (
    a.event === b.event &&
    a.timeUs === b.timeUs &&
    a.kind === b.kind &&
    a.node === b.node &&
    a.peer === b.peer &&
    a.a === b.a &&
    a.digest === b.digest &&
    a.draws === b.draws
  );
}
