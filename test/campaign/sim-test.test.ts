import { describe, expect, it } from 'vitest';

import { createSimTest, type SimTestOptions } from '../../src/campaign/testing/sim-test.ts';
import type { SimWorld } from '../../src/campaign/testing/sim-world.ts';
import { seedFailure } from '../../src/report/test-failure.ts';
import type { NodeEnv, NodeProgram } from '../../src/sim/engine/env.ts';

/** Counts what it hears; `lies` makes it count twice now and then. */
class Counter implements NodeProgram {
  heard = 0;
  onMessage(): void {
    this.heard += 1;
  }
}

class Sender implements NodeProgram {
  sent = 0;
  readonly #env: NodeEnv;
  constructor(env: NodeEnv) {
    this.#env = env;
  }
  onStart(): void {
    this.#env.setTimer('send', 10_000);
  }
  onTimer(): void {
    this.sent += 1;
    this.#env.send(0, { type: 'Hello' });
    this.#env.setTimer('send', 10_000);
  }
}

const NODES: SimTestOptions = { nodes: { counter: Counter, s: [Sender, 2] }, seeds: '4' };

async function outcome(
  body: (sim: SimWorld) => Promise<void>,
  options: Partial<SimTestOptions> = {},
  env: Record<string, string> = { CI: 'true' },
): Promise<Error | null> {
  let test: (() => Promise<void>) | null = null;
  const simTest = createSimTest(
    (_name, run) => (test = run),
    (failed) => seedFailure(failed, (name) => `run ${JSON.stringify(name)}`),
    env,
  );
  simTest('counting', { ...NODES, ...options }, body);
  return test!().then(
    () => null,
    (error: unknown) => error as Error,
  );
}

const heard = (sim: SimWorld): number => sim.nodes<Counter>('counter')[0]?.heard ?? 0;
const sent = (sim: SimWorld): number =>
  sim.nodes<Sender>('s').reduce((sum, sender) => sum + sender.sent, 0);

describe('simTest', () => {
  it('runs classes and several nodes of one class, and passes when every rule holds in every seed', async () => {
    const seeds: string[] = [];
    const error = await outcome(async (sim) => {
      seeds.push(sim.seed);
      sim.always('nothing from nowhere', () => heard(sim) <= sent(sim));
      sim.sometimes('both send', () => sim.nodes<Sender>('s').every(({ sent: n }) => n > 3));
      const { events } = await sim.run('1s');
      expect(events).toBeGreaterThan(100);
      sim.sometimes('much is heard', () => heard(sim) > 100);
    });
    expect(error).toBeNull();
    // Under CI every seed runs twice.
    expect(seeds).toEqual(['1', '1', '2', '2', '3', '3', '4', '4']);
  });

  it('fails with the rule, the moment, the faults, and how to repeat it, at the line of the test', async () => {
    const error = await outcome(async (sim) => {
      sim.always('few', () => heard(sim) < 20 || `the counter heard ${heard(sim)}`);
      sim.at('50ms').pause('counter', '60ms');
      await sim.run('1s');
    });
    const text = error!.message;
    expect(text).toMatch(
      /^✗ counting › few {3}seed 1 {3}[\d.]+ ms virtual {3}trace [0-9a-f]{8}, 2 runs equal\n/,
    );
    expect(text).toMatch(
      /\n {2}the counter heard 20\n {4}At event \d+, [\d.]+ ms into the run\.\n/,
    );
    expect(text).toContain('f1  50 ms  pause on counter: effect 1');
    expect(text).toMatch(/\n {2}Reproduce {3}SPLITBRAIN_SEED=1 run "counting"$/);
    expect(error!.stack!.split('\n    at ')[1]).toContain('sim-test.test.ts');
  });

  /** The counter hears too little when it is cut off for most of the run; the other faults change nothing in that. */
  const cutOff = async (sim: SimWorld): Promise<void> => {
    sim.at('20ms').clockStep('s1', '1s');
    sim.at('100ms').isolate('counter', '700ms');
    sim.at('150ms').clockStep('s2', '1s');
    await sim.run('1s');
    if (heard(sim) <= 40 * sim.nodes('s').length) throw new RangeError('too little was heard');
  };

  it('tells the smallest run, what its fault is needed for, and where the nearest passing run parts', async () => {
    const { message } = (await outcome(cutOff))!;
    expect(message).toMatch(
      /\n {2}Smallest run that still fails {3}faults 3 -> 1, nodes 3 -> 2, events \d+ -> \d+\n/,
    );
    expect(message).toContain('\n    f2  at 100ms  isolate counter  for 700ms\n');
    expect(message).toMatch(
      /needed: without it this run passes, and 0 of 20 other seeds fail\s+\(with it 20\)/,
    );
    expect(message).toMatch(
      /\n {2}Nearest run that passes \(f2 lasts .* shorter\): first difference at event \d+\n/,
    );
    expect(message).toMatch(/\n {4}failing: .*\n {4}passing: .*\n\n {2}Reproduce /);
  });

  it('leaves a failure as it is when told so, and when there is no time for more', async () => {
    const plain = (await outcome(cutOff, { shrink: false }))!.message;
    expect(plain).not.toContain('Smallest run');
    const hasty = (await outcome(cutOff, { timeoutMs: 1 }))!.message;
    expect(hasty).toContain('(the budget ended first: more might go)');
    expect(hasty).not.toContain('needed');
  });

  it('keeps a fault without which the body fails otherwise', async () => {
    const { message } = (await outcome(async (sim) => {
      sim.at('100ms').isolate('counter', '700ms');
      await sim.run('1s');
      if (heard(sim) > 80) throw new TypeError('another failure');
      throw new RangeError('the failure');
    }))!;
    expect(message).toContain('faults 1 -> 1');
  });

  it('tells of a node that crashed, and of an assertion of the body', async () => {
    class Fragile extends Counter {
      override onMessage(): void {
        throw new RangeError('too much for me');
      }
    }
    const crashed = await outcome(
      async (sim) => {
        await sim.run('1s');
      },
      {
        nodes: { counter: Fragile, s: Sender },
      },
    );
    expect(crashed!.message).toContain('counter crashed: RangeError: too much for me');
    expect(crashed!.message).toContain('sim-test.test.ts');
    const failed = await outcome(async (sim) => {
      await sim.run('1s');
      expect(heard(sim)).toBe(-1);
    });
    expect(failed!.message).toMatch(/to be -1/);
    expect(failed!.message).toContain('SPLITBRAIN_SEED=1');
  });

  it('names a rule that throws instead of answering', async () => {
    const error = await outcome(async (sim) => {
      sim.always('asks too much', () => sim.nodes<Counter>('nobody')[0]!.heard > 0);
      await sim.run('1s');
    });
    expect(error!.message).toContain('the rule "asks too much" itself threw: TypeError:');
    expect(error!.message).toContain('SPLITBRAIN_SEED=1');
  });

  it('is vacuous when a goal was reached in no seed, and fine when it was in one', async () => {
    const only = (seed: string) => async (sim: SimWorld) => {
      sim.sometimes(`seed ${seed}`, () => sim.seed === seed);
      await sim.run('20ms');
    };
    expect(await outcome(only('3'))).toBeNull();
    expect((await outcome(only('9')))!.message).toMatch(
      /^\? VACUOUS {2}counting: never so in any seed: seed 9\./,
    );
  });

  it('says that two runs of a seed differ, before anything else', async () => {
    let boots = 0;
    const leaky = (env: NodeEnv): NodeProgram => ({
      onStart: () => {
        boots += 1;
        env.send(0, { type: 'Hello', boots } as { type: string });
      },
    });
    const error = await outcome(
      async (sim) => {
        await sim.run('50ms');
      },
      {
        nodes: { counter: Counter, leaky },
      },
    );
    expect(error!.message).toMatch(
      /^! NON-DETERMINISTIC {2}counting: two runs of seed 1 differ: first divergent event \d+: leaky send/,
    );
  });

  it('refuses a body that runs nothing, and a second run', async () => {
    expect((await outcome(() => Promise.resolve()))!.message).toContain('nothing was simulated');
    const twice = await outcome(async (sim) => {
      await sim.run('10ms');
      await sim.run('10ms');
    });
    expect(twice!.message).toContain('one run for each seed');
  });

  it('takes one seed, and those of the environment instead', async () => {
    const seeds: string[] = [];
    const body = async (sim: SimWorld): Promise<void> => {
      seeds.push(sim.seed);
      await sim.run('10ms');
    };
    await outcome(body, { seed: 7 }, {});
    await outcome(body, { seed: 7 }, { SPLITBRAIN_SEEDS: '11..12' });
    expect(seeds).toEqual(['7', '11', '12']);
  });
});
