import { describe, expect, it } from 'vitest';

import type { NodeEnv, Task } from '../../../src/sim/engine/env.ts';
import { RedisNode } from '../../../src/protocols/redis/node.ts';
import { parseConfig } from '../../../src/protocols/redlock/parse-config.ts';
import { RedLock } from '../../../src/protocols/redlock/redlock.ts';
import { using, type UsingResult } from '../../../src/protocols/redlock/using.ts';
import type { Lock } from '../../../src/protocols/redlock/lock.ts';
import type { LossSignal } from '../../../src/protocols/redlock/loss-signal.ts';
import { buildWorld, handingOut, type BuiltWorld } from '../../sim/support/build-world.ts';

type Routine = (lock: Lock, signal: LossSignal, env: NodeEnv) => Task<string>;

/** Three Redis servers and a client that runs `routine` under a lock of 2 s; `during` acts on the world at 1 s. */
function run(
  config: Readonly<Record<string, unknown>>,
  routine: Routine,
  during: (world: BuiltWorld) => void = () => undefined,
  atUs = 1_000_000,
) {
  const parsed = parseConfig({ ttl: '2s', ...config }, 4);
  const results: UsingResult<string>[] = [];
  let client!: NodeEnv;
  const redis = (env: NodeEnv): RedisNode =>
    new RedisNode(env, { ...parsed.redis, replication: null }, null);
  const world = buildWorld({
    nodes: {
      r1: redis,
      r2: redis,
      r3: redis,
      client: handingOut((env) => {
        client = env;
      }),
    },
  });
  world.simulation.control(1_000, 'begin', () => {
    const service = new RedLock(client, parsed, null);
    using(
      client,
      service,
      'x',
      (lock, signal) => routine(lock, signal, client),
      (result) => {
        results.push(result);
      },
    );
  });
  world.simulation.control(atUs, 'during', () => {
    during(world);
  });
  world.simulation.control(60_000_000, 'end', () => {
    world.simulation.stop();
  });
  world.simulation.run();
  const left = world.hosts
    .slice(0, 3)
    .map((host) => (host.program as RedisNode | null)?.store.entries().length ?? 0);
  return { results, left };
}

const ends: Routine = function* (_lock, _signal, env) {
  yield* env.sleep(500_000);
  return 'done';
};

/** Works for 30 s in steps, and stops when it is told that the lock is lost; answers when and why. */
const untilLost: Routine = function* (_lock, signal, env) {
  const startUs = env.monotonicUs();
  while (!signal.aborted && env.monotonicUs() - startUs < 30_000_000) yield* env.sleep(10_000);
  return `${signal.reason ?? 'never'} after ${Math.round((env.monotonicUs() - startUs) / 100_000) / 10} s`;
};

const cutOff = ({ hosts }: BuiltWorld): void => {
  for (const host of hosts.slice(0, 2)) host.crash('process-kill');
};

describe('using', () => {
  it('runs the routine under the lock, releases it everywhere, and hands its value back', () => {
    const { results, left } = run({}, ends);
    expect(results).toEqual([{ ok: true, value: 'done', lost: false }]);
    expect(left).toEqual([0, 0, 0]);
  });

  it('signals the deadline of a lock that nobody extends', () => {
    const { results } = run({}, untilLost);
    expect(results).toEqual([{ ok: true, value: 'deadline after 2 s', lost: true }]);
  });

  it('extends for as long as it is allowed to, and then signals', () => {
    const { results } = run({ extend: 'auto', maxExtensions: 3 }, untilLost);
    expect(results).toMatchObject([
      { value: expect.stringMatching(/^deadline after 6\.\d s$/) as string },
    ]);
  });

  it('signals a failed extension before the deadline', () => {
    const { results } = run({ extend: 'auto' }, untilLost, cutOff);
    expect(results).toMatchObject([
      { value: expect.stringMatching(/^extension failed after 1\.\d s$/) as string, lost: true },
    ]);
  });

  it('runs nothing when the lock cannot be had', () => {
    const { results } = run({ retryCount: 1 }, ends, cutOff, 500);
    expect(results).toEqual([{ ok: false, reason: 'lock not acquired' }]);
  });
});
