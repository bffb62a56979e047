/** Positions [from, to) that are done. */
export type Range = readonly [from: number, to: number];

/** A set of positions as sorted, disjoint ranges: small for any number of seeds. */
export class RangeSet {
  #ranges: Range[] = [];

  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  get size(): number {
    return this.#ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  add(from: number, to: number): void {
    const before = this.#ranges.filter(([, end]) => end < from);
    const after = this.#ranges.filter(([begin]) => begin > to);
    const touching = this.#ranges.slice(before.length, this.#ranges.length - after.length);
    const merged: Range = [
      Math.min(from, ...touching.map(([begin]) => begin)),
      Math.max(to, ...touching.map(([, end]) => end)),
    ];
    this.#ranges = [...before, merged, ...after];
  }

  /** The first stretch of missing positions at or after `position`, at most `count` long and below `end`; null: none. */
  gap(position: number, count: number, end: number): Range | null {
    let from = position;
    for (const [begin, stop] of this.#ranges) if (from >= begin && from < stop) from = stop;
    if (from >= end) return null;
    const next = this.#ranges.find(([begin]) => begin > from)?.[0] ?? Infinity;
    return [from, Math.min(from + count, next, end)];
  }
}
