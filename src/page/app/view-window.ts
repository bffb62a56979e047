export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Room beside the run, as a part of it. */
const MARGIN = 0.02;
const SMALLEST = 20;

/** The stretch moved, kept in the run. */
export function panned(from: number, to: number, by: number, end: number): Stretch {
  const low = -end * MARGIN;
  const high = end * (1 + MARGIN);
  const shift = Math.max(low - from, Math.min(by, high - to));
  return to - from >= high - low ? { from, to } : { from: from + shift, to: to + shift };
}

/** The stretch made `factor` times as long, with `around` staying where it is. */
export function zoomed(
  from: number,
  to: number,
  around: number,
  factor: number,
  end: number,
): Stretch {
  const low = -end * MARGIN;
  const high = end * (1 + MARGIN);
  const span = Math.min(high - low, Math.max(SMALLEST, (to - from) * factor));
  const part = (around - from) / (to - from);
  const start = Math.max(low, Math.min(around - part * span, high - span));
  return { from: start, to: start + span };
}
