import { describe, expect, it } from 'vitest';

import type { NodeEnv, NodeFactory } from '../../../src/sim/engine/env.ts';
import { DROP, DROP_REASONS } from '../../../src/sim/engine/event-kind.ts';
import type { LinkRule } from '../../../src/sim/network/link.ts';
import { wireSizeBytes } from '../../../src/sim/network/wire-size.ts';
import { buildWorld, rowsOf, type BuiltWorld, type WorldOptions } from '../support/build-world.ts';

interface Pair extends BuiltWorld {
  /** `<time> <type>` of what reached n2. */
  readonly log: string[];
  readonly env: () => NodeEnv;
  /** Runs `action` as an event. */
  readonly at: (atUs: number, action: () => void) => void;
  readonly reasons: () => string[];
}

/** n1 sends to n2 whatever a test says; a message takes 1,000 µs. */
function pair(options: Omit<WorldOptions, 'nodes'> = {}): Pair {
  const log: string[] = [];
  let env: NodeEnv | null = null;
  const noting: NodeFactory = () => ({
    onMessage: (_from, message) => {
      log.push(`${world.simulation.nowUs} ${message.type}`);
    },
  });
  const world = buildWorld({
    ...options,
    nodes: {
      n1: (given) => {
        env = given;
        return {};
      },
      n2: noting,
      n3: noting,
    },
  });
  return {
    ...world,
    log,
    env: () => env!,
    at: (atUs, action) => {
      world.simulation.control(atUs, 'test step', action);
    },
    reasons: () =>
      rowsOf(world.simulation)
        .filter(({ kind }) => kind === DROP)
        .map(({ a, timeUs }) => `${timeUs} ${DROP_REASONS[a]!}`),
  };
}

const NO_RULE: Omit<LinkRule, 'effect'> = {
  types: null,
  dropPpm: 0,
  duplicatePpm: 0,
  corruptPpm: 0,
  reorderPpm: 0,
  delay: null,
};

describe('a cut link', () => {
  it('loses what is sent, and what was travelling when the cut began; after the heal all is well', () => {
    const { simulation, network, log, env, at, reasons } = pair();
    const effect = { count: 0 };
    for (const [atUs, type] of [
      [100, 'before'],
      [1_500, 'travelling'],
      [2_500, 'during'],
      [4_000, 'after'],
    ] as const)
      at(atUs, () => {
        env().send(1, { type });
      });
    at(2_000, () => {
      network.cut(0, 1, effect);
    });
    at(3_000, () => {
      network.uncut(0, 1, effect);
    });
    simulation.run();
    expect(log).toEqual(['1100 before', '5000 after']);
    expect(reasons()).toEqual(['2500 partition', '2500 partition']);
    expect(effect.count).toBe(2);
  });

  it('lets a message through that outlives the cut', () => {
    const { simulation, network, log, env, at } = pair();
    const effect = { count: 0 };
    at(100, () => {
      env().send(1, { type: 'lucky' });
    });
    at(200, () => {
      network.cut(0, 1, effect);
    });
    at(900, () => {
      network.uncut(0, 1, effect);
    });
    simulation.run();
    expect(log).toEqual(['1100 lucky']);
    expect(effect.count).toBe(0);
  });

  it('stays cut until the last of its cuts is healed, and cuts one direction only', () => {
    const { simulation, network, log, env, at } = pair();
    const [first, second] = [{ count: 0 }, { count: 0 }];
    at(10, () => {
      network.cut(0, 1, first);
      network.cut(0, 1, second);
      network.cut(2, 0, first);
    });
    at(20, () => {
      network.uncut(0, 1, first);
    });
    at(30, () => {
      env().send(1, { type: 'cut' });
      env().send(2, { type: 'other link' });
    });
    at(40, () => {
      network.uncut(0, 1, second);
      env().send(1, { type: 'healed' });
    });
    simulation.run();
    expect(log).toEqual(['1030 other link', '1040 healed']);
    expect([first.count, second.count]).toEqual([0, 1]);
  });
});

describe.each(['fifo', 'shuffled'] as const)('a clogged link (%s ties)', (ties) => {
  it('holds everything and lets it burst at once, in the order it came', () => {
    const { simulation, network, log, env, at } = pair({ ties });
    const effect = { count: 0 };
    const types = Array.from({ length: 20 }, (_, index) => `m${index}`);
    for (const [index, type] of types.entries())
      at(100 + index * 100, () => {
        env().send(1, { type });
      });
    at(50, () => {
      network.clog(0, 1, effect);
    });
    // m19 was sent at 2,000 and arrives in the very microsecond of the burst.
    at(3_000, () => {
      expect(log).toEqual([]);
      network.unclog(0, 1, effect);
    });
    simulation.run();
    expect(log).toEqual(types.map((type) => `3000 ${type}`));
    expect(effect.count).toBeGreaterThanOrEqual(19);
  });

  it('holds on when it is clogged twice, and again when it is clogged before the burst is over', () => {
    const { simulation, network, log, env, at } = pair({ ties });
    const [first, second] = [{ count: 0 }, { count: 0 }];
    at(10, () => {
      network.clog(0, 1, first);
      network.clog(0, 1, second);
      for (const type of ['a', 'b', 'c']) env().send(1, { type });
    });
    at(2_000, () => {
      network.unclog(0, 1, first);
    });
    at(3_000, () => {
      network.unclog(0, 1, second);
      network.clog(0, 1, first);
    });
    at(4_000, () => {
      expect(log).toEqual([]);
      network.unclog(0, 1, first);
    });
    simulation.run();
    expect(log.map((line) => line.slice(0, 4))).toEqual(['4000', '4000', '4000']);
  });

  it('loses its pile when the link is cut before the burst', () => {
    const { simulation, network, log, env, at } = pair({ ties });
    const [clog, cut] = [{ count: 0 }, { count: 0 }];
    at(10, () => {
      network.clog(0, 1, clog);
      env().send(1, { type: 'a' });
    });
    at(2_000, () => {
      network.cut(0, 1, cut);
      network.unclog(0, 1, clog);
    });
    simulation.run();
    expect(log).toEqual([]);
    expect([clog.count, cut.count]).toEqual([1, 1]);
  });
});

describe('a rule', () => {
  it('touches only the message types it names', () => {
    const { simulation, network, log, env, at } = pair();
    const effect = { count: 0 };
    network.addRule(0, 1, { ...NO_RULE, types: new Set(['Vote']), dropPpm: 1_000_000, effect });
    at(10, () => {
      for (const type of ['Vote', 'Append', 'Vote']) env().send(1, { type });
    });
    simulation.run();
    expect(log).toEqual(['1010 Append']);
    expect(effect.count).toBe(2);
  });

  it('that drops everything also stops what is travelling; one that drops a share does not', () => {
    for (const [dropPpm, arrives] of [
      [1_000_000, false],
      [999_999, true],
    ] as const) {
      const { simulation, network, log, env, at } = pair();
      at(10, () => {
        env().send(1, { type: 'A' });
      });
      at(500, () => {
        network.addRule(0, 1, { ...NO_RULE, dropPpm, effect: { count: 0 } });
      });
      simulation.run();
      expect(log).toEqual(arrives ? ['1010 A'] : []);
    }
  });

  it.each<
    [string, Partial<LinkRule>, (log: readonly string[], reasons: readonly string[]) => void]
  >([
    [
      'duplicates',
      { duplicatePpm: 1_000_000 },
      (log) => {
        expect(log).toEqual(['1010 A', '1010 A']);
      },
    ],
    [
      'delays',
      { delay: () => 7_000 },
      (log) => {
        expect(log).toEqual(['8010 A']);
      },
    ],
    [
      'holds back',
      { reorderPpm: 1_000_000 },
      (log) => {
        expect(log).toHaveLength(1);
        expect(parseInt(log[0]!)).toBeGreaterThan(1_010);
      },
    ],
    [
      'corrupts: the receiver’s checksum throws the message away',
      { corruptPpm: 1_000_000 },
      (log, reasons) => {
        expect(log).toEqual([]);
        expect(reasons).toEqual(['10 corrupt']);
      },
    ],
  ])('%s', (_what, parts, check) => {
    const { simulation, network, log, env, at, reasons } = pair();
    const rule = { ...NO_RULE, ...parts, effect: { count: 0 } };
    network.addRule(0, 1, rule);
    at(10, () => {
      env().send(1, { type: 'A' });
    });
    simulation.run();
    check(log, reasons());
    expect(rule.effect.count).toBe(1);
    network.removeRule(0, 1, rule);
    expect(network.link(0, 1).simple).toBe(true);
  });
});

describe('a message', () => {
  it('that is changed after it was sent crashes the node that changes it, at that line, when messages are frozen', () => {
    const { simulation } = buildWorld({
      freezeMessages: true,
      nodes: {
        n1: (env) => ({
          onStart: () => {
            const message = { type: 'A', entries: [{ term: 1 }] };
            env.send(1, message);
            message.entries[0]!.term = 2;
          },
        }),
        n2: () => ({}),
      },
    });
    simulation.run();
    const [failure] = simulation.failures;
    expect(failure!.error).toBeInstanceOf(TypeError);
    expect(failure!.error.message).toMatch(/read only property 'term'/);
    expect(failure!.error.stack).toContain('network.test.ts');
  });

  it('is passed by reference, whoever gets it', () => {
    const message = { type: 'A' };
    const got: unknown[] = [];
    const { simulation } = buildWorld({
      nodes: {
        n1: (env) => ({
          onStart: () => {
            env.send(1, message);
          },
        }),
        n2: () => ({
          onMessage: (_from, given) => {
            got.push(given);
          },
        }),
      },
    });
    simulation.run();
    expect(got[0]).toBe(message);
  });

  it.each([-1, 3, NaN])('to node %d, which does not exist, is its sender’s crash', (to) => {
    const { simulation, hosts, env, at } = pair();
    at(10, () => {
      hosts[0]!.act(() => {
        env().send(to, { type: 'A' });
      });
    });
    simulation.run();
    expect(hosts[0]!.status).toBe('down');
    expect(simulation.failures[0]!.error.message).toBe(
      `n1 sent A to node ${to}: expected an id in 0..2`,
    );
  });

  it('to oneself takes the loopback link, which no profile slows or loses', () => {
    const times: number[] = [];
    const { simulation } = buildWorld({
      profile: { latency: { kind: 'constant', us: 50_000 }, lossPpm: 1_000_000 },
      nodes: {
        n1: (env) => ({
          onStart: () => {
            env.send(0, { type: 'A' });
          },
          onMessage: () => {
            times.push(env.monotonicUs());
          },
        }),
      },
    });
    simulation.run();
    expect(times).toEqual([1]);
  });

  it('is as long on the wire as its JSON in UTF-8', () => {
    for (const text of ['', 'plain', 'ü', '€', '𝄞', 'a\nb', '"', 'ß€𝄞ü']) {
      const message = { type: 'A', text };
      expect(wireSizeBytes(message)).toBe(Buffer.byteLength(JSON.stringify(message)));
    }
  });
});
