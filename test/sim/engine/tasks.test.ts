import { setImmediate as nextMacrotask } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from 'vitest';

import type {
  CallResult,
  Message,
  NodeEnv,
  NodeFactory,
  Task,
} from '../../../src/sim/engine/env.ts';
import { DELIVER, WAKE } from '../../../src/sim/engine/event-kind.ts';
import { buildWorld, countRows, starting } from '../support/build-world.ts';

const collectGarbage = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

interface Answer extends Message {
  readonly value: number;
}

/** Answers `Ask` with its `value` doubled, after `afterUs`; `Silence` gets no answer. */
function answering(afterUs = 0): NodeFactory {
  return (env) => {
    const open = new Map<string, () => void>();
    return {
      onMessage: (from, message, replyTo) => {
        if (message.type !== 'Ask') return;
        const reply = (): void => {
          env.reply(from, replyTo, {
            type: 'Answer',
            value: (message as Answer).value * 2,
          });
        };
        if (afterUs === 0) reply();
        else {
          open.set(String(replyTo), reply);
          env.setTimer(String(replyTo), afterUs);
        }
      },
      onTimer: (name) => open.get(name)?.(),
    };
  };
}

function ask(value: number): Answer {
  return { type: 'Ask', value };
}

describe('a generator task', () => {
  it('sleeps virtual time and ends with nothing left behind', () => {
    const times: number[] = [];
    const { simulation } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawn(
            (function* () {
              for (const delayUs of [10, 0, 32.9]) {
                yield* env.sleep(delayUs);
                times.push(env.monotonicUs());
              }
            })(),
          );
        }),
      },
    });
    simulation.run();
    expect(times).toEqual([10, 10, 42]);
    expect(simulation.queue.size).toBe(0);
  });

  it('calls, gets the answer, and hands results through nested tasks', () => {
    const seen: unknown[] = [];
    function* double(env: NodeEnv, value: number): Task<number> {
      const result = yield* env.call<Answer>(1, ask(value), 10_000);
      return result.ok ? result.message.value : -1;
    }
    const { simulation } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawn(
            (function* () {
              const first = yield* double(env, 21);
              const second = yield* double(env, first);
              seen.push(first, second, env.monotonicUs());
            })(),
          );
        }),
        n2: answering(),
      },
    });
    simulation.run();
    expect(seen).toEqual([42, 84, 4_000]);
  });

  it('gets silence after the timeout, and a late answer is ignored', () => {
    const seen: CallResult<Answer>[] = [];
    const times: number[] = [];
    const { simulation } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawn(
            (function* () {
              for (const [value, timeoutUs] of [
                [1, 5_000],
                [2, 20_000],
              ] as const) {
                seen.push(yield* env.call<Answer>(1, ask(value), timeoutUs));
                times.push(env.monotonicUs());
              }
            })(),
          );
        }),
        n2: answering(6_000),
      },
    });
    simulation.run();
    expect(seen).toEqual([
      { ok: false, reason: 'timeout' },
      { ok: true, message: { type: 'Answer', value: 4 } },
    ]);
    expect(times).toEqual([5_000, 13_000]);
    // The late answer of the first call arrived, at 8,000, and changed nothing.
    expect(countRows(simulation, DELIVER)).toBe(4);
    expect(countRows(simulation, WAKE)).toBe(1);
  });

  it('keeps no answer when it has ended, though the timeout of its call is far away', async () => {
    const results: WeakRef<object>[] = [];
    const { simulation } = buildWorld({
      trace: 'off',
      nodes: {
        n1: starting((env) => {
          env.spawn(
            (function* () {
              results.push(new WeakRef(yield* env.call<Answer>(1, ask(1), 3_600_000_000)));
            })(),
          );
        }),
        n2: answering(),
      },
    });
    simulation.run({ untilUs: 10_000 });
    expect(simulation.queue.size).toBe(1);
    // A weak reference is strong until the job that made it is over.
    await nextMacrotask();
    collectGarbage();
    expect(results.map((result) => result.deref())).toEqual([undefined]);
    simulation.run();
  });

  it('ignores the second copy of an answer', () => {
    const seen: number[] = [];
    const { simulation } = buildWorld({
      profile: { latency: { kind: 'constant', us: 100 }, duplicatePpm: 1_000_000 },
      nodes: {
        n1: starting((env) => {
          env.spawn(
            (function* () {
              for (const value of [1, 2, 3]) {
                const result = yield* env.call<Answer>(1, ask(value), 10_000);
                if (result.ok) seen.push(result.message.value);
              }
            })(),
          );
        }),
        n2: answering(),
      },
    });
    simulation.run();
    expect(seen).toEqual([2, 4, 6]);
  });

  it('runs beside others, each with its own answer', () => {
    const seen: string[] = [];
    const { simulation } = buildWorld({
      nodes: {
        n1: starting((env) => {
          for (const [value, waitUs] of [
            [1, 300],
            [2, 200],
            [3, 100],
          ] as const)
            env.spawn(
              (function* () {
                yield* env.sleep(waitUs);
                const result = yield* env.call<Answer>(1, ask(value), 10_000);
                seen.push(`${value} -> ${result.ok ? result.message.value : 'silence'}`);
              })(),
            );
        }),
        n2: answering(),
      },
    });
    simulation.run();
    expect(seen).toEqual(['3 -> 6', '2 -> 4', '1 -> 2']);
  });

  it('is dropped by a crash: it never goes on, and an answer to it reaches nobody in the next incarnation', () => {
    const seen: string[] = [];
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawn(
            (function* () {
              const result = yield* env.call<Answer>(1, ask(env.incarnation), 50_000);
              seen.push(`${env.incarnation} -> ${result.ok ? result.message.value : 'silence'}`);
            })(),
          );
          env.spawn(
            (function* () {
              yield* env.sleep(3_000);
              seen.push(`${env.incarnation} slept`);
            })(),
          );
        }),
        n2: answering(2_000),
      },
    });
    simulation.control(1_500, 'crash', () => {
      hosts[0]!.crash('process-kill');
    });
    simulation.start(0, 1_600);
    simulation.run();
    expect(seen).toEqual(['2 slept', '2 -> 4']);
  });

  it('follows its node’s clock: late on a slow one, standing on a frozen one', () => {
    const times: number[] = [];
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawn(
            (function* () {
              for (let round = 0; round < 3; round += 1) {
                yield* env.sleep(1_000);
                times.push(simulation.nowUs);
              }
            })(),
          );
        }),
      },
    });
    const clock = hosts[0]!.clock;
    simulation.control(500, 'slow', () => {
      clock.setDrift(-500_000, simulation.nowUs);
      hosts[0]!.clockChanged();
    });
    simulation.control(2_000, 'freeze', () => {
      clock.setFrozen(true, simulation.nowUs);
      hosts[0]!.clockChanged();
    });
    simulation.control(9_000, 'thaw', () => {
      clock.setFrozen(false, simulation.nowUs);
      clock.setDrift(0, simulation.nowUs);
      hosts[0]!.clockChanged();
    });
    simulation.run();
    // 500 left at half speed; then 250 of 1,000 done at the freeze.
    expect(times).toEqual([1_500, 9_750, 10_750]);
  });

  it('that throws is its node’s crash, with the stack of the throw', () => {
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawn(
            (function* throwsLater() {
              yield* env.sleep(10);
              throw new Error('planted in a task');
            })(),
          );
        }),
      },
    });
    simulation.run();
    expect(hosts[0]!.status).toBe('down');
    const [failure] = simulation.failures;
    expect(failure!.error.message).toBe('planted in a task');
    expect(failure!.error.stack).toContain('throwsLater');
    expect(failure!.timeUs).toBe(10);
  });

  it.each([-1, NaN])('refuses to sleep %d µs', (delayUs) => {
    const { simulation } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawn(env.sleep(delayUs));
        }),
      },
    });
    simulation.run();
    expect(simulation.failures[0]!.error.message).toContain(`waits for ${delayUs} µs`);
  });

  it('in a paused node goes on at the resume, an answer that came in time counting as an answer', () => {
    const seen: unknown[] = [];
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: starting((env) => {
          env.spawn(
            (function* () {
              const result = yield* env.call<Answer>(1, ask(1), 3_000);
              seen.push(result.ok, simulation.nowUs);
            })(),
          );
        }),
        n2: answering(),
      },
    });
    simulation.control(1_500, 'pause', () => {
      hosts[0]!.pause();
    });
    simulation.control(9_000, 'resume', () => {
      hosts[0]!.resume();
    });
    simulation.run();
    // The answer came at 2,000 and the timeout at 3,000: both waited, in this order.
    expect(seen).toEqual([true, 9_000]);
  });
});
