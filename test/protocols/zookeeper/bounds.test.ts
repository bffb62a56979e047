import { expect, it } from 'vitest';

import { lockBounds } from '../../../src/protocols/zookeeper/bounds.ts';
import { marksOf, textOf } from './marks.ts';

const TEXT = textOf('zk-holder-crash');
const DELAY_US = 2_000;
const SYNC_US = 3_000;

/** Virtual µs from the holder's death until the next contender holds, for one session timeout and tick. */
function measured(timeoutMs: number, tickMs: number, seed: string): number {
  const text = TEXT.replace(
    /sessionTimeout: \S+ tick: \S+/,
    `sessionTimeout: ${timeoutMs}ms, tick: ${tickMs}ms,`,
  );
  const { marks } = marksOf(text, seed);
  const acquiredUs = (client: string): number =>
    marks.find(({ name, node }) => name === 'acquired' && node === client)?.atUs ?? 0;
  const crashedUs = acquiredUs('c1') + 100_000;
  const heldUs = acquiredUs('c2');
  expect(heldUs).toBeGreaterThan(0);
  return heldUs - crashedUs;
}

it.each([
  [4_000, 1_000],
  [4_000, 2_000],
  [2_000, 500],
  [6_000, 300],
])(
  'after a crash the lock is free within its bound: timeout %d ms, tick %d ms',
  (timeout, tick) => {
    const config = { sessionTimeoutUs: timeout * 1_000, tickUs: tick * 1_000 };
    const bounds = lockBounds(config, DELAY_US, SYNC_US);
    const took = ['1', '2', '3', '4', '5', '6'].map((seed) => measured(timeout, tick, seed));
    for (const us of took) {
      // A third of the timeout may have gone since the last heartbeat when the holder died.
      expect(us).toBeGreaterThan(bounds.expiryAfterUs - timeout * 334);
      expect(us).toBeLessThanOrEqual(bounds.nextGrantUs);
    }
  },
);
