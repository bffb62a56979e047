import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/notification/config.ts';
import { notification } from '../../../src/protocols/notification/index.ts';
import { convergenceWindowUs } from '../../../src/protocols/notification/schedule.ts';
import { figureOf, watchRun, withVerdict } from '../watch.ts';

const SHARED = { storage: 'shared', notifiers: 2 };
const LATENCY_US = 5_000;
const SYNC_US = 1_000;

interface Case {
  readonly config: Readonly<Record<string, unknown>>;
  readonly servers: readonly string[];
  /** All clocks but B's, in parts per million. */
  readonly driftPpm: number;
  readonly awayMs: number;
}

/** The longest window over some seeds when B is away for a while, and the bound that the parameters give. */
function windowsUs({ config, servers, driftPpm, awayMs }: Case): {
  seenUs: number;
  boundUs: number;
} {
  const clocks = Object.fromEntries(servers.slice(0, -1).map((name) => [name, { driftPpm }]));
  const text = JSON.stringify({
    name: 'window',
    title: 'window',
    protocol: 'notification',
    topology: { servers, clients: 1 },
    config,
    network: { latency: '5ms' },
    disk: { sync: '1ms', unsynced: 'none' },
    clocks,
    duration: '12s',
    liveness: '30s',
    script: [{ id: 'paid', at: '100ms', client: 'c1', do: 'change', key: 'order' }],
    faults: [{ id: 'away', at: '50ms', kind: 'kill', target: 'b', for: `${awayMs}ms` }],
  });
  let seenUs = 0;
  for (let seed = 1; seed <= 10; seed += 1) {
    const { result } = watchRun(notification, text, String(seed));
    expect(withVerdict(result, 'violated')).toEqual([]);
    seenUs = Math.max(seenUs, figureOf(result, 'window-max'));
  }
  const parsed = parseConfig(config, servers.length);
  const boundUs = convergenceWindowUs(parsed, (awayMs - 50) * 1_000, LATENCY_US, SYNC_US);
  return { seenUs, boundUs };
}

describe('the window between A and B', () => {
  it.each([0.1, 150, 500, 1_500, 3_000])(
    'follows from schedule, jitter and clocks when B is away for %s ms',
    (awayMs) => {
      for (const driftPpm of [-100_000, 0, 100_000])
        for (const [config, servers] of [
          [{}, ['a', 'notifier', 'b']],
          [SHARED, ['a', 'db', 'n1', 'n2', 'b']],
        ] as const) {
          const { seenUs, boundUs } = windowsUs({ config, servers, driftPpm, awayMs });
          expect(seenUs).toBeGreaterThan(0);
          expect(seenUs).toBeLessThanOrEqual(boundUs);
          expect(boundUs).toBeLessThan(6_000_000);
        }
    },
  );

  it('has no bound when the outage may outlast the schedule', () => {
    const config = parseConfig({ schedule: ['0s', '1s', '1s'] }, 3);
    expect(convergenceWindowUs(config, 1_600_000, LATENCY_US, SYNC_US)).toBeLessThan(4_000_000);
    expect(convergenceWindowUs(config, 1_900_000, LATENCY_US, SYNC_US)).toBe(Infinity);
  });
});
