import { describe, expect, it } from 'vitest';

import { notification } from '../../../src/protocols/notification/index.ts';
import { crashSweep } from '../watch.ts';

/** One change while B (or the first of two) is away for longer than a short schedule, or not away at all. */
function text(config: object, servers: readonly string[], awayMs: number, faults: string): string {
  const [away] = servers.filter((name) => name.startsWith('b'));
  const own =
    awayMs === 0 ? [] : [`{ id: away, at: 50ms, kind: kill, target: ${away!}, for: ${awayMs}ms }`];
  const crash = /faults: \[(.*)\]/.exec(faults)?.[1];
  const all = [...own, ...(crash === undefined ? [] : [crash])];
  return `
name: sweep
title: sweep
protocol: notification
topology: { servers: [${servers.join(', ')}], clients: 1 }
config: ${JSON.stringify(config)}
network: { latency: 5ms }
disk: { sync: 1ms, unsynced: prefix }
duration: 1500ms
liveness: 20s
script:
  - { id: paid, at: 100ms, client: c1, do: change, key: x }
faults: [${all.join(', ')}]`;
}

const OWN = { schedule: ['0s', '100ms', '200ms'], callTimeout: '100ms', pollEvery: '50ms' };
const SHARED = { ...OWN, storage: 'shared', notifiers: 2, claimLease: '200ms' };

describe('a crash at any event', () => {
  it.each(['a', 'notifier', 'b'])(
    'of %s neither breaks a rule nor loses a fact or its alarm, whether B answers or not',
    (node) => {
      for (const awayMs of [0, 1_300]) {
        const sweep = crashSweep(
          notification,
          (faults) => text(OWN, ['a', 'notifier', 'b'], awayMs, faults),
          node,
          300,
        );
        expect(sweep.broken).toEqual([]);
        expect(sweep.runs).toBeGreaterThan(100);
      }
    },
  );

  it.each(['a', 'db', 'n1', 'n2', 'b'])(
    'of %s, with two notifiers before one database, neither breaks a rule nor loses a fact or its alarm',
    (node) => {
      for (const awayMs of [0, 1_300]) {
        const sweep = crashSweep(
          notification,
          (faults) => text(SHARED, ['a', 'db', 'n1', 'n2', 'b'], awayMs, faults),
          node,
          300,
        );
        expect(sweep.broken).toEqual([]);
        expect(sweep.runs).toBeGreaterThan(200);
      }
    },
  );
});
