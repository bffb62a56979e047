import type { Trace } from '../../sim/engine/trace.ts';

/** A part of a trace, in rows: from the first to before the last. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
}

/**
 * At most `max` rows in whole events: all, or those around `row` (three quarters before it: what led there), or the first.
 */
export function windowAround(trace: Trace, row: number, max: number): RowWindow {
  const rows = trace.keptRows();
  if (rows <= max) return { from: 0, to: rows };
  const ideal = row < 0 ? 0 : Math.max(0, row - Math.floor((max * 3) / 4));
  const start = Math.min(ideal, rows - max);
  const from = start === 0 ? 0 : trace.firstRowOf(trace.row(start - 1).event + 1);
  const end = Math.min(rows, from + max);
  const to = end === rows ? rows : trace.firstRowOf(trace.row(end).event);
  return { from, to: to > from ? to : end };
}
