/** How rows are laid along the picture: by virtual time, by time without long idle stretches, or one step an event. */
export type AxisMode = 'time' | 'folded' | 'rank';

/** A stretch of time in which nothing happens, drawn short. */
export interface Fold {
  readonly fromUs: number;
  readonly toUs: number;
  /** Where it stands on the axis, and how much it was shortened. */
  readonly at: number;
  readonly removed: number;
}

/** Idle stretches longer than this part of the run are folded, to a tenth of it. */
const FOLD_PART = 0.04;
const FOLDED_PART = 0.008;

/** Places rows and times on a line of numbers, and back. */
export class Axis {
  readonly mode: AxisMode;
  readonly end: number;
  readonly folds: readonly Fold[];
  readonly #times: Float64Array;
  readonly #positions: Float64Array;
  readonly #endUs: number;

  /** `timeUs` and `event` of the rows, in order; `endUs`: where the run ends. */
  constructor(mode: AxisMode, timeUs: Float64Array, event: Int32Array, endUs: number) {
    this.mode = mode;
    this.#times = timeUs;
    this.#endUs = endUs;
    this.folds = mode === 'folded' ? foldsOf(timeUs, endUs) : [];
    if (mode === 'time') this.#positions = timeUs;
    else if (mode === 'rank') this.#positions = Float64Array.from(event);
    else this.#positions = foldedPositions(timeUs, this.folds);
    const last = event.at(-1) ?? 0;
    const removed = this.folds.reduce((sum, fold) => sum + fold.removed, 0);
    this.end = mode === 'rank' ? last + 1 : Math.max(1, endUs - removed);
  }

  ofRow(row: number): number {
    return this.#positions[row] ?? this.end;
  }

  ofTime(us: number): number {
    if (this.mode === 'time') return us;
    if (this.mode === 'folded') return foldTime(us, this.folds);
    const at = this.#firstAt(us);
    return at >= this.#times.length ? this.end : this.#positions[at]!;
  }

  /** The virtual time at a place. */
  timeAt(position: number): number {
    if (this.mode === 'time') return position;
    if (this.mode === 'folded') return unfoldTime(position, this.folds);
    const row = this.rowAt(position);
    return row >= this.#times.length ? this.#endUs : this.#times[row]!;
  }

  /** The first row at or after a place. */
  rowAt(position: number): number {
    let low = 0;
    let high = this.#positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#positions[middle]! < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #firstAt(us: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle]! < us) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function foldsOf(timeUs: Float64Array, endUs: number): Fold[] {
  const folds: Fold[] = [];
  const [longest, kept] = [endUs * FOLD_PART, endUs * FOLDED_PART];
  let removedBefore = 0;
  let before = 0;
  for (let row = 0; row <= timeUs.length; row += 1) {
    const now = row < timeUs.length ? timeUs[row]! : endUs;
    if (now - before > longest) {
      const removed = now - before - kept;
      folds.push({ fromUs: before, toUs: now, at: before - removedBefore, removed });
      removedBefore += removed;
    }
    before = now;
  }
  return folds;
}

function foldedPositions(timeUs: Float64Array, folds: readonly Fold[]): Float64Array {
  const positions = new Float64Array(timeUs.length);
  let next = 0;
  let removed = 0;
  for (let row = 0; row < timeUs.length; row += 1) {
    while (next < folds.length && timeUs[row]! >= folds[next]!.toUs)
      removed += folds[next++]!.removed;
    positions[row] = timeUs[row]! - removed;
  }
  return positions;
}

function foldTime(us: number, folds: readonly Fold[]): number {
  let removed = 0;
  for (const fold of folds) {
    if (us >= fold.toUs) removed += fold.removed;
    else if (us > fold.fromUs) {
      const part = (us - fold.fromUs) / (fold.toUs - fold.fromUs);
      return fold.at + part * (fold.toUs - fold.fromUs - fold.removed);
    }
  }
  return us - removed;
}

function unfoldTime(position: number, folds: readonly Fold[]): number {
  let removed = 0;
  for (const fold of folds) {
    const width = fold.toUs - fold.fromUs - fold.removed;
    if (position >= fold.at + width) removed += fold.removed;
    else if (position > fold.at)
      return fold.fromUs + ((position - fold.at) / width) * (fold.toUs - fold.fromUs);
  }
  return position + removed;
}
