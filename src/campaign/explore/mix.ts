/** Two independent 32-bit hashes: what is hashed in both lanes has 53 bits in a number. */
export interface Lanes {
  readonly a: number;
  readonly b: number;
}

export function mixA(hash: number, word: number): number {
  const folded = Math.imul((hash ^ word) + 0x7f4a7c15, 0x9e3779b1);
  const turned = Math.imul(folded ^ (folded >>> 15), 0x85ebca6b);
  return turned ^ (turned >>> 13);
}

export function mixB(hash: number, word: number): number {
  const folded = Math.imul((hash + Math.imul(word, 0xcc9e2d51)) ^ 0x165667b1, 0xc2b2ae35);
  const turned = Math.imul(folded ^ (folded >>> 16), 0x27d4eb2f);
  return turned ^ (turned >>> 14);
}

export function mixLanes(hash: Lanes, word: Lanes): Lanes {
  return { a: mixA(hash.a, word.a), b: mixB(hash.b, word.b) };
}

/** Equal bags have equal sums, in whatever order. */
export function bagOf(items: readonly Lanes[]): Lanes {
  let a = 0;
  let b = 0;
  for (const item of items) {
    a = (a + mixA(0x1b873593, item.a)) | 0;
    b = (b + mixB(0x38495ab5, item.b)) | 0;
  }
  return { a, b };
}

/** Both lanes in the 53 bits that a number holds exactly. */
export function keyOf({ a, b }: Lanes): number {
  return (a >>> 0) * 0x20_0000 + (b >>> 11);
}
