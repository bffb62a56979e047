import { describe, expect, it } from 'vitest';

import type { Message, NodeEnv, NodeFactory } from '../../../src/sim/engine/env.ts';
import { WAKE } from '../../../src/sim/engine/event-kind.ts';
import { AmbientAccessError } from '../../../src/sim/engine/guard.ts';
import type { Simulation } from '../../../src/sim/engine/simulation.ts';
import type { TraceRow } from '../../../src/sim/engine/trace.ts';
import { buildWorld, rowsOf, starting } from '../support/build-world.ts';

interface Answer extends Message {
  readonly value: number;
}

const doubling: NodeFactory = (env) => ({
  onMessage: (from, message, replyTo) => {
    env.reply(from, replyTo, { type: 'Answer', value: (message as Answer).value * 2 });
  },
});

/** Loses and delays, so that timeouts and answers mix. */
const profile = {
  latency: { kind: 'uniform', minUs: 100, maxUs: 900 },
  lossPpm: 200_000,
} as const;

function ask(value: number): Answer {
  return { type: 'Ask', value };
}

/** Calls, sleeps a drawn time and calls again, through `depth` nested async functions. */
async function nestedCall(env: NodeEnv, value: number, depth: number): Promise<number> {
  if (depth > 0) return nestedCall(env, value, depth - 1);
  const result = await env.callAsync<Answer>(1, ask(value), 2_000);
  return result.ok ? result.message.value : -value;
}

function asyncWorker(rounds: number, depth: number, log: string[] = []): NodeFactory {
  return starting((env) => {
    for (const worker of [1, 2, 3])
      env.spawnAsync(async () => {
        for (let round = 1; round <= rounds; round += 1) {
          const value = await nestedCall(env, worker * 1_000 + round, depth);
          log.push(`${env.monotonicUs()} ${worker}: ${value}`);
          await env.sleepAsync(env.random('think').between(0, 500));
        }
      });
  });
}

function generatorWorker(rounds: number, log: string[]): NodeFactory {
  return starting((env) => {
    for (const worker of [1, 2, 3])
      env.spawn(
        (function* () {
          for (let round = 1; round <= rounds; round += 1) {
            const sent = worker * 1_000 + round;
            const result = yield* env.call<Answer>(1, ask(sent), 2_000);
            const value = result.ok ? result.message.value : -sent;
            log.push(`${env.monotonicUs()} ${worker}: ${value}`);
            yield* env.sleep(env.random('think').between(0, 500));
          }
        })(),
      );
  });
}

async function runAsyncWorld(seed: string, depth: number, log: string[] = []): Promise<Simulation> {
  const { simulation } = buildWorld({
    seed,
    profile,
    nodes: { n1: asyncWorker(60, depth, log), n2: doubling },
  });
  await simulation.runAsync();
  return simulation;
}

/** Rows without the task numbers: a generator keeps one for life, a promise is a task of its own. */
function comparable(simulation: Simulation): TraceRow[] {
  return rowsOf(simulation).map((row) => (row.kind === WAKE ? { ...row, a: 0 } : row));
}

describe('async tasks', () => {
  it('do the same work at the same times as generator tasks, row by row', async () => {
    const asyncLog: string[] = [];
    const generatorLog: string[] = [];
    const asyncRun = await runAsyncWorld('same work', 0, asyncLog);
    const { simulation } = buildWorld({
      seed: 'same work',
      profile,
      nodes: { n1: generatorWorker(60, generatorLog), n2: doubling },
    });
    simulation.run();
    expect(asyncLog).toHaveLength(180);
    expect(asyncLog).toEqual(generatorLog);
    expect(comparable(asyncRun)).toEqual(comparable(simulation));
  });

  it('have the same hash every time, and however deep their awaits are nested', async () => {
    const hashes = [];
    for (const depth of [0, 1, 7, 40, 0])
      hashes.push((await runAsyncWorld('s', depth)).trace.hash());
    expect(new Set(hashes).size).toBe(1);
    expect((await runAsyncWorld('other', 0)).trace.hash()).not.toBe(hashes[0]);
  });

  it('keep their hash when several worlds run at once in a busy process', async () => {
    const quiet = await runAsyncWorld('s', 3);
    let busy = true;
    const noise = (): void => {
      if (busy) setImmediate(noise);
    };
    setImmediate(noise);
    const worlds = await Promise.all(['s', 'other', 's'].map((seed) => runAsyncWorld(seed, 3)));
    busy = false;
    const [first, other, second] = worlds.map(({ trace }) => trace.hash());
    expect([first, second]).toEqual([quiet.trace.hash(), quiet.trace.hash()]);
    expect(other).not.toBe(first);
  });

  it('give the process its clock and timers back when several worlds have run at once', async () => {
    const before = [Date, Date.now, setImmediate, setTimeout];
    await Promise.all(['a', 'b', 'c'].map((seed) => runAsyncWorld(seed, 1)));
    expect([Date, Date.now, setImmediate, setTimeout]).toEqual(before);
    expect(Date.now()).toBeGreaterThan(0);
  });

  it('are refused by run(), which would go on without them', () => {
    const { simulation } = buildWorld({ nodes: { n1: asyncWorker(1, 0), n2: doubling } });
    expect(() => {
      simulation.run();
    }).toThrow('use `await simulation.runAsync()`, not run()');
  });

  it('are dropped by a crash: a promise of a dead incarnation never settles', async () => {
    const log: string[] = [];
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawnAsync(async () => {
            await env.sleepAsync(1_000);
            log.push(`${env.incarnation} slept`);
            await env.callAsync(1, ask(1), 1_000_000);
            log.push(`${env.incarnation} called`);
          });
        }),
        n2: doubling,
      },
    });
    simulation.control(500, 'crash', () => {
      hosts[0]!.crash('process-kill');
    });
    simulation.start(0, 700);
    simulation.control(2_000, 'crash again', () => {
      hosts[0]!.crash('process-kill');
    });
    await simulation.runAsync();
    expect(log).toEqual(['2 slept']);
  });

  it('that throw crash their node, with the stack of the throw', async () => {
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawnAsync(async function throwsLater() {
            await env.sleepAsync(10);
            throw new Error('planted in an async task');
          });
        }),
      },
    });
    await simulation.runAsync();
    expect(hosts[0]!.status).toBe('down');
    const [failure] = simulation.failures;
    expect([failure!.timeUs, failure!.error.message]).toEqual([10, 'planted in an async task']);
    expect(failure!.error.stack).toContain('throwsLater');
  });

  it('that touch the real clock end the run with the stack, and leave no rejection behind', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => {
      rejections.push(reason);
    };
    process.on('unhandledRejection', note);
    try {
      const { simulation } = buildWorld({
        nodes: {
          n1: starting((env) => {
            env.spawnAsync(async function looksAtTheClock() {
              await env.sleepAsync(10);
              return Date.now();
            });
          }),
        },
      });
      const error = await simulation.runAsync().then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(AmbientAccessError);
      expect((error as Error).stack).toContain('looksAtTheClock');
      await new Promise((resolve) => setImmediate(resolve));
      expect(rejections).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('stop at the limits of the run and go on from there', async () => {
    const whole = await runAsyncWorld('s', 1);
    const { simulation } = buildWorld({
      seed: 's',
      profile,
      nodes: { n1: asyncWorker(60, 1), n2: doubling },
    });
    for (const untilUs of [3_000, 3_000, 20_000]) {
      await simulation.runAsync({ untilUs });
      expect(simulation.nowUs).toBeLessThanOrEqual(untilUs);
    }
    await simulation.runAsync();
    expect(simulation.trace.hash()).toBe(whole.trace.hash());
  });
});
