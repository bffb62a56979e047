import type { Entry } from './records.ts';

/** How long two logs are the same: one life of the broker writes each place once, so the lives tell. */
export function commonLength(a: readonly Entry[], b: readonly Entry[]): number {
  const most = Math.min(a.length, b.length);
  for (let length = most; length > 0; length -= 1)
    if (a[length - 1]!.epoch === b[length - 1]!.epoch) return length;
  return 0;
}
