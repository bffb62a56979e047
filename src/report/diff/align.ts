/** A stretch of equal items: `length` items from `a` in one list and from `b` in the other. */
export interface Stretch {
  readonly a: number;
  readonly b: number;
  readonly length: number;
}

/**
 * Where two lists are equal, in order: patience diff (Bram Cohen). Items that occur once in either list and in both are
 * anchors; the longest run of them that keeps both orders is taken, and each grows to both sides as far as the lists agree.
 * O(n log n), whatever the lists; what lies between the stretches differs.
 */
export function align(a: readonly string[], b: readonly string[]): Stretch[] {
  const stretches: Stretch[] = [];
  let [endA, endB] = [0, 0];
  for (const anchor of longestRising(anchorsOf(a, b))) {
    if (anchor.a < endA || anchor.b < endB) continue;
    let [startA, startB] = [anchor.a, anchor.b];
    while (startA > endA && startB > endB && a[startA - 1] === b[startB - 1]) {
      startA -= 1;
      startB -= 1;
    }
    [endA, endB] = [anchor.a + 1, anchor.b + 1];
    while (endA < a.length && endB < b.length && a[endA] === b[endB]) {
      endA += 1;
      endB += 1;
    }
    const last = stretches.at(-1);
    if (last !== undefined && last.a + last.length === startA && last.b + last.length === startB)
      stretches[stretches.length - 1] = { ...last, length: endA - last.a };
    else stretches.push({ a: startA, b: startB, length: endA - startA });
  }
  return stretches;
}

interface Anchor {
  readonly a: number;
  readonly b: number;
}

/** In the order of `a`. */
function anchorsOf(a: readonly string[], b: readonly string[]): Anchor[] {
  const onceInB = once(b);
  return [...once(a)]
    .flatMap(([item, index]) => {
      const other = onceInB.get(item);
      return other === undefined ? [] : [{ a: index, b: other }];
    })
    .sort((left, right) => left.a - right.a);
}

function once(items: readonly string[]): Map<string, number> {
  const first = new Map<string, number>();
  const more = new Set<string>();
  for (const [index, item] of items.entries()) {
    if (first.has(item)) more.add(item);
    else first.set(item, index);
  }
  for (const item of more) first.delete(item);
  return first;
}

/** The longest subsequence whose `b` rises too: patience sorting. */
function longestRising(anchors: readonly Anchor[]): Anchor[] {
  const piles: number[] = [];
  const before = new Int32Array(anchors.length).fill(-1);
  for (const [index, { b }] of anchors.entries()) {
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (anchors[piles[middle]!]!.b < b) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[index] = piles[low - 1]!;
    piles[low] = index;
  }
  const result: Anchor[] = [];
  for (let at = piles.at(-1) ?? -1; at >= 0; at = before[at]!) result.push(anchors[at]!);
  return result.reverse();
}
