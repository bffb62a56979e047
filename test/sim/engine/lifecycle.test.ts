import { describe, expect, it } from 'vitest';

import type { NodeEnv, NodeFactory } from '../../../src/sim/engine/env.ts';
import { CRASH, DROP, DROP_REASONS, START } from '../../../src/sim/engine/event-kind.ts';
import { buildWorld, countRows, handingOut, idle, rowsOf } from '../support/build-world.ts';

/** Notes `<incarnation> <message type>` of what it gets. */
function receiver(log: string[]): NodeFactory {
  return (env) => ({
    onStart: () => {
      log.push(`${env.incarnation} boots`);
    },
    onMessage: (_from, message) => {
      log.push(`${env.incarnation} ${message.type}`);
    },
  });
}

/** Sends the numbered messages `1`, `2`, ... one a millisecond, for ever. */
const sender: NodeFactory = (env) => {
  let sent = 0;
  return {
    onStart: () => {
      env.setTimer('next', 1_000);
    },
    onTimer: () => {
      sent += 1;
      env.send(0, { type: String(sent) });
      env.setTimer('next', 1_000);
    },
  };
};

describe('a node', () => {
  it('boots once, and a second start of a running node does nothing', () => {
    const log: string[] = [];
    const { simulation } = buildWorld({ nodes: { n1: receiver(log) } });
    simulation.start(0, 50);
    simulation.run();
    expect(log).toEqual(['1 boots']);
    expect(countRows(simulation, START)).toBe(1);
  });

  it('comes back after a crash as a new object with the next incarnation number', () => {
    const programs = new Set<object>();
    const incarnations: number[] = [];
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: (env) => {
          incarnations.push(env.incarnation);
          const program = {};
          programs.add(program);
          return program;
        },
      },
    });
    for (const atUs of [100, 300])
      simulation.control(atUs, 'crash', () => {
        hosts[0]!.crash('process-kill');
      });
    for (const atUs of [200, 400]) simulation.start(0, atUs);
    simulation.run();
    expect(incarnations).toEqual([1, 2, 3]);
    expect(programs.size).toBe(3);
  });

  it('does not get what arrives while it is down; messages in flight reach the next incarnation', () => {
    const log: string[] = [];
    const { simulation, hosts } = buildWorld({ nodes: { n1: receiver(log), n2: sender } });
    simulation.control(2_500, 'crash', () => {
      hosts[0]!.crash('process-kill');
    });
    // Message 3 (sent at 3,000) arrives at 4,000; message 4 was sent while the node was down and arrives after its boot.
    simulation.start(0, 4_500);
    simulation.run({ untilUs: 6_500 });
    expect(log).toEqual(['1 boots', '1 1', '2 boots', '2 4', '2 5']);
    const drops = rowsOf(simulation).filter(({ kind }) => kind === DROP);
    expect(drops.map(({ a }) => DROP_REASONS[a])).toEqual(['node down', 'node down']);
  });

  it('loses its place for good: every effect of a dead incarnation’s env is refused silently', () => {
    const log: string[] = [];
    const envs: NodeEnv[] = [];
    const fired: string[] = [];
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: handingOut((env) => envs.push(env), { onTimer: (name) => fired.push(name) }),
        n2: receiver(log),
      },
    });
    let marks = 0;
    simulation.observer = {
      onMark: () => {
        marks += 1;
      },
    };
    simulation.control(100, 'crash', () => {
      hosts[0]!.crash('process-kill');
    });
    simulation.start(0, 200);
    simulation.control(300, 'the dead act', () => {
      const [dead, alive] = envs as [NodeEnv, NodeEnv];
      for (const env of [dead, alive]) {
        const who = env === dead ? 'dead' : 'alive';
        env.send(1, { type: `from the ${who}` });
        env.reply(1, 99, { type: 'reply' });
        env.setTimer(who, 10);
        env.mark(who);
        env.disk.append('log', who);
        env.disk.sync(1);
        env.spawn(
          (function* () {
            yield* env.sleep(1);
            env.send(1, { type: `task of the ${who}` });
          })(),
        );
      }
      alive.setTimer('kept', 10);
      dead.cancelTimer('kept');
    });
    simulation.run();
    expect(log).toEqual(['1 boots', '1 from the alive', '1 task of the alive']);
    expect(fired).toEqual(['alive', 'kept']);
    expect(marks).toBe(1);
    expect(envs[0]!.disk.read('log')).toEqual(['alive']);
  });

  it('keeps its clock and its random streams over a restart: the machine is the same', () => {
    const envs: NodeEnv[] = [];
    const { simulation, hosts } = buildWorld({
      nodes: { n1: handingOut((env) => envs.push(env)) },
    });
    hosts[0]!.clock.step(5_000);
    simulation.control(100, 'crash', () => {
      envs[0]!.random('x').below(10);
      hosts[0]!.crash('power-loss');
    });
    simulation.start(0, 200);
    simulation.run();
    expect(envs[1]!.wallUs()).toBe(5_200);
    expect(envs[1]!.random('x')).toBe(envs[0]!.random('x'));
    expect(envs[1]!.random('x').draws).toBe(1);
  });

  it('refuses a reply to no call', () => {
    const { simulation } = buildWorld({
      nodes: {
        n1: (env) => ({
          onMessage: (from, message, replyTo) => {
            env.reply(from, replyTo, message);
          },
        }),
        n2: sender,
      },
    });
    simulation.run({ untilUs: 3_000 });
    expect(simulation.failures[0]!.error.message).toMatch(/reply to call 0: expected the positive/);
  });
});

describe('an exception in a node', () => {
  const throwing: Readonly<Record<string, NodeFactory>> = {
    'its constructor': () => {
      throw new Error('planted');
    },
    onStart: () => ({
      onStart: () => {
        throw new Error('planted');
      },
    }),
    onMessage: () => ({
      onMessage: () => {
        throw new Error('planted');
      },
    }),
    onTimer: (env) => ({
      onStart: () => {
        env.setTimer('t', 10);
      },
      onTimer: () => {
        throw new Error('planted');
      },
    }),
    onSynced: (env) => ({
      onStart: () => {
        env.disk.sync(1);
      },
      onSynced: () => {
        throw new Error('planted');
      },
    }),
  };

  it.each(Object.entries(throwing))(
    'in %s is its crash, reported with its stack',
    (_place, bad) => {
      const { simulation, hosts } = buildWorld({ nodes: { n1: bad, n2: sender } });
      simulation.run({ untilUs: 10_000 });
      expect([hosts[0]!.status, hosts[1]!.status]).toEqual(['down', 'up']);
      expect(simulation.failures).toHaveLength(1);
      const { node, incarnation, error } = simulation.failures[0]!;
      expect([node, incarnation, error.message]).toEqual([0, 1, 'planted']);
      expect(error.stack).toContain('lifecycle.test.ts');
      const crash = rowsOf(simulation).find(({ kind }) => kind === CRASH)!;
      expect(crash.payload).toBe('exception');
    },
  );

  it('is an Error even when something else was thrown, and the node can be started again', () => {
    const { simulation, hosts } = buildWorld({
      nodes: {
        n1: (env) => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error
          if (env.incarnation === 1) throw 'a string';
          return {};
        },
      },
    });
    simulation.start(0, 100);
    simulation.run();
    expect(simulation.failures[0]!.error).toEqual(new Error('a string'));
    expect([hosts[0]!.status, hosts[0]!.incarnation]).toEqual(['up', 2]);
  });
});

describe('a paused node', () => {
  /** Messages 1.. arrive at 2 ms, 3 ms, ...; the node stands from 2.5 ms to 7.5 ms. */
  function pausedWorld(ties: 'fifo' | 'shuffled', during: () => void = () => undefined) {
    const log: string[] = [];
    const world = buildWorld({ ties, nodes: { n1: receiver(log), n2: sender } });
    const { simulation, hosts } = world;
    simulation.control(2_500, 'pause', () => {
      hosts[0]!.pause();
    });
    simulation.control(6_200, 'during the pause', during);
    simulation.control(7_500, 'resume', () => {
      expect(log).toEqual(['1 boots', '1 1']);
      hosts[0]!.resume();
    });
    return { ...world, log };
  }

  it.each(['fifo', 'shuffled'] as const)(
    'gets what waited at its resume, in the order it came (%s ties)',
    (ties) => {
      const { simulation, log } = pausedWorld(ties);
      simulation.run({ untilUs: 8_400 });
      expect(log).toEqual(['1 boots', ...['1', '2', '3', '4', '5', '6', '7'].map((n) => `1 ${n}`)]);
    },
  );

  it('counts a message that waited as delivered once', () => {
    const { simulation, network, log } = pausedWorld('fifo');
    simulation.run({ untilUs: 8_400 });
    expect(network.delivered).toBe(log.length - 1);
  });

  it('keeps what its buffers already hold when a partition begins', () => {
    const world = pausedWorld('fifo', () => {
      world.network.cut(1, 0, { count: 0 });
    });
    world.simulation.run({ untilUs: 8_400 });
    // 2 to 5 were in the buffers at 6.2 ms; 6 was still travelling.
    expect(world.log).toEqual(['1 boots', '1 1', '1 2', '1 3', '1 4', '1 5']);
  });

  it('loses what waited when it is killed', () => {
    const world = pausedWorld('fifo', () => {
      world.hosts[0]!.crash('process-kill');
      world.simulation.start(0, 6_300);
    });
    world.simulation.control(7_400, 'look', () => {
      expect(world.log).toEqual(['1 boots', '1 1', '2 boots', '2 6']);
      world.simulation.stop();
    });
    world.simulation.run();
  });

  it('stays paused when it is paused again before what waited has reached it', () => {
    const { simulation, hosts, log } = pausedWorld('fifo');
    simulation.control(7_500, 'paused again', () => {
      hosts[0]!.pause();
    });
    simulation.control(20_000, 'resume', () => {
      expect(log).toEqual(['1 boots', '1 1']);
      hosts[0]!.resume();
    });
    simulation.run({ untilUs: 20_000 });
    const numbers = Array.from({ length: 19 }, (_, index) => `1 ${index + 1}`);
    expect(log).toEqual(['1 boots', ...numbers]);
  });

  it('is not paused by a pause while it is down, nor resumed by a resume while it is up', () => {
    const { simulation, hosts } = buildWorld({ nodes: { n1: idle } });
    simulation.control(10, 'steps', () => {
      hosts[0]!.resume();
      hosts[0]!.crash('process-kill');
      hosts[0]!.pause();
      expect(hosts[0]!.status).toBe('down');
    });
    simulation.run();
    expect(hosts[0]!.status).toBe('down');
  });
});
