import type { RunModel } from './run-model.ts';

/** Two rows side by side; -1: the other run has no row like it here. */
export interface Pairing {
  readonly left: number;
  readonly right: number;
  /** Equal in every respect but time. */
  readonly same: boolean;
}

/**
 * The rows around a divergence side by side. Up to it rows are paired by number; after it, the longest common
 * subsequence by node, kind and contents: what both runs do stands on one line again.
 */
export function alignRuns(
  left: RunModel,
  right: RunModel,
  first: readonly [number, number],
  before: number,
  after: number,
): Pairing[] {
  const shared = Math.min(
    first[0] < 0 ? left.count : first[0],
    first[1] < 0 ? right.count : first[1],
  );
  const pairs: Pairing[] = [];
  for (let row = Math.max(0, shared - before); row < shared; row += 1)
    pairs.push({ left: row, right: row, same: true });
  const a = rowsFrom(left, shared, after);
  const b = rowsFrom(right, shared, after);
  return [...pairs, ...commonRows(a, b, (i, j) => keyOf(left, i) === keyOf(right, j))];
}

function rowsFrom(model: RunModel, first: number, most: number): number[] {
  const length = Math.max(0, Math.min(most, model.count - first));
  return Array.from({ length }, (_, offset) => first + offset);
}

function keyOf(model: RunModel, row: number): string {
  const { kind, node, peer } = model.data.rows;
  return `${kind[row]!} ${node[row]!} ${peer[row]!} ${model.payloadText(row) ?? ''}`;
}

/** Longest common subsequence by dynamic programming; the lists are short. */
export function commonRows(
  a: readonly number[],
  b: readonly number[],
  equal: (i: number, j: number) => boolean,
): Pairing[] {
  const width = b.length + 1;
  const best = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      best[i * width + j] = equal(a[i]!, b[j]!)
        ? best[(i + 1) * width + j + 1]! + 1
        : Math.max(best[(i + 1) * width + j]!, best[i * width + j + 1]!);
  const pairs: Pairing[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && equal(a[i]!, b[j]!))
      pairs.push({ left: a[i++]!, right: b[j++]!, same: true });
    else if (
      j >= b.length ||
      (i < a.length && best[(i + 1) * width + j]! >= best[i * width + j + 1]!)
    )
      pairs.push({ left: a[i++]!, right: -1, same: false });
    else pairs.push({ left: -1, right: b[j++]!, same: false });
  }
  return pairs;
}
