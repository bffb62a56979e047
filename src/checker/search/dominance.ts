import type { ConfigTable } from './config-table.ts';
import type { CrashTable } from './crash-table.ts';
import { CRASH, STATE, USED } from './open-operations.ts';

/** A configuration is compared with at most this many better ones of its state: a bound on time, not on what is found. */
const MOST_COMPARISONS = 128;

/**
 * Copies the configurations that no other one makes superfluous. `a` makes `b` superfluous when both are in the same
 * state, `a` has used no more crashed operations, and every open operation is at least as well off in `a`
 * (spared is better than used and than free; used and free cannot be compared).
 */
export function keepUndominated(
  from: ConfigTable,
  to: ConfigTable,
  words: number,
  crash: CrashTable,
): void {
  const { data, stride, count } = from;
  to.clear();
  if (count === 1) {
    to.add(data, 0);
    return;
  }
  const score = new Int32Array(count);
  const order: number[] = [];
  for (let id = 0; id < count; id++) {
    let sum = crash.total(data[id * stride + CRASH]!);
    for (let w = 0; w < words; w++) {
      sum += bitCount(data[id * stride + USED + w]!);
      sum -= bitCount(data[id * stride + USED + words + w]!);
    }
    score[id] = sum;
    order.push(id);
  }
  order.sort(
    (a, b) =>
      data[a * stride + STATE]! - data[b * stride + STATE]! || score[a]! - score[b]! || a - b,
  );
  let first = 0;
  let state = -1;
  for (const id of order) {
    const base = id * stride;
    if (data[base + STATE] !== state || to.count === 0) {
      state = data[base + STATE]!;
      first = to.count;
    }
    const last = Math.min(to.count, first + MOST_COMPARISONS);
    let dominated = false;
    for (let other = first; other < last && !dominated; other++)
      dominated = dominates(to.data, other * stride, data, base, words, crash);
    if (!dominated) to.add(data, base);
  }
}

function dominates(
  a: Int32Array,
  aBase: number,
  b: Int32Array,
  bBase: number,
  words: number,
  crash: CrashTable,
): boolean {
  for (let w = 0; w < words; w++) {
    const usedA = a[aBase + USED + w]!;
    const sparedA = a[aBase + USED + words + w]!;
    const usedB = b[bBase + USED + w]!;
    const sparedB = b[bBase + USED + words + w]!;
    if (((sparedB & ~sparedA) | (usedA & ~usedB) | (usedB & ~(usedA | sparedA))) !== 0)
      return false;
  }
  return crash.atMost(a[aBase + CRASH]!, b[bBase + CRASH]!);
}

function bitCount(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
