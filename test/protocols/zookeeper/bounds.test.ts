import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { lockBounds } from '../../../src/protocols/zookeeper/bounds.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

const TEXT = readFileSync(
  new URL('../../../scenarios/zookeeper/zk-holder-crash.yaml', import.meta.url),
  'utf8',
);
const DELAY_US = 2_000;
const SYNC_US = 3_000;

/** Virtual µs from the holder's death until the next contender holds, for one session timeout and tick. */
function measured(timeoutMs: number, tickMs: number, seed: string): number {
  const text = TEXT.replace(
    /sessionTimeout: \S+ tick: \S+/,
    `sessionTimeout: ${timeoutMs}ms, tick: ${tickMs}ms,`,
  );
  const scenario = compileScenario(text, 'zk-holder-crash.yaml', PROTOCOLS);
  let crashedUs = 0;
  let heldUs = 0;
  runScenario(scenario, {
    seed,
    prepare: ({ simulation }) => {
      const { observer } = simulation;
      simulation.observer = {
        ...observer,
        onMark: (node, name, detail) => {
          observer?.onMark?.(node, name, detail);
          if (name !== 'acquired') return;
          const client = simulation.nameOf(node);
          if (client === 'c1' && crashedUs === 0) crashedUs = simulation.nowUs + 100_000;
          else if (client === 'c2' && heldUs === 0) heldUs = simulation.nowUs;
        },
      };
    },
  });
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
