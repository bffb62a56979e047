import { searchNow, type Search } from './search.ts';

/**
 * The smallest sublist found for which `test` still holds: delta debugging (Zeller & Hildebrandt 2002) by ever smaller
 * chunks, then one by one until no single item can go. `test(items)` itself is taken as true.
 */
export function minimizeList<T>(items: readonly T[], test: (kept: readonly T[]) => boolean): T[] {
  return searchNow(minimizing(items), test);
}

/** As {@link minimizeList}, for whoever has to wait for the tests. */
export function* minimizing<T>(items: readonly T[]): Search<readonly T[], T[]> {
  let kept = [...items];
  for (let size = Math.ceil(kept.length / 2); size >= 1 && kept.length > 0;) {
    const before = kept.length;
    for (let from = 0; from < kept.length;) {
      const without = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (yield without) kept = without;
      else from += size;
    }
    if (size > 1) size >>= 1;
    else if (kept.length === before) break;
  }
  return kept;
}
