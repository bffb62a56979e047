import type { OperationData } from '../../report/html/report-data.ts';

/** Finds the operations that were under way in a stretch of rows without looking at all of them. */
export class OperationIndex {
  /** By the row of their request. */
  readonly #sorted: readonly OperationData[];
  /** The last row at which one of the first operations was still under way. */
  readonly #ends: Int32Array;
  /** Those of a history without a run have no rows. */
  readonly #rowless: readonly OperationData[];

  constructor(operations: readonly OperationData[]) {
    this.#rowless = operations.filter(({ invokeRow }) => invokeRow < 0);
    this.#sorted = operations
      .filter(({ invokeRow }) => invokeRow >= 0)
      .sort((a, b) => a.invokeRow - b.invokeRow || a.index - b.index);
    let end = -1;
    this.#ends = Int32Array.from(
      this.#sorted,
      ({ invokeRow, completeRow }) => (end = Math.max(end, invokeRow, completeRow)),
    );
  }

  /** Requested before `endRow` and, as far as anybody saw, not over before `firstRow`. */
  between(firstRow: number, endRow: number): readonly OperationData[] {
    if (this.#rowless.length > 0) return this.#rowless;
    const sorted = this.#sorted;
    const start = firstAtLeast(this.#ends, firstRow);
    const found: OperationData[] = [];
    for (let at = start; at < sorted.length && sorted[at]!.invokeRow < endRow; at += 1)
      if (Math.max(sorted[at]!.invokeRow, sorted[at]!.completeRow) >= firstRow)
        found.push(sorted[at]!);
    return found;
  }
}

/** The first index of rising numbers that are at least `least`. */
function firstAtLeast(rising: Int32Array, least: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
