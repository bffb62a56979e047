import { describe, expect, it } from 'vitest';

import type { NodeEnv } from '../../../src/sim/engine/env.ts';
import type { DiskOptions, DiskTrouble } from '../../../src/sim/storage/disk-array.ts';
import { buildWorld, type BuiltWorld } from '../support/build-world.ts';

interface DiskWorld extends BuiltWorld {
  /** `<time> <incarnation>:<token> <error>` of every sync the node heard of. */
  readonly heard: string[];
  /** Runs `action` as an event, with the env of the current incarnation. */
  readonly at: (atUs: number, action: (env: NodeEnv) => void) => void;
}

function diskWorld(
  disk: DiskOptions = { syncLatency: { kind: 'constant', us: 1_000 } },
  ties: 'fifo' | 'shuffled' = 'fifo',
): DiskWorld {
  const heard: string[] = [];
  let current: NodeEnv | null = null;
  const world = buildWorld({
    disk,
    ties,
    nodes: {
      n1: (env) => {
        current = env;
        return {
          onSynced: (token, error) => {
            const what = error === null ? '' : ` ${error}`;
            heard.push(`${world.simulation.nowUs} ${env.incarnation}:${token}${what}`);
          },
        };
      },
    },
  });
  return {
    ...world,
    heard,
    at: (atUs, action) => {
      world.simulation.control(atUs, 'test step', () => {
        action(current!);
      });
    },
  };
}

function trouble(parts: Partial<DiskTrouble>): DiskTrouble {
  return { slowdown: 1, failSyncPpm: 0, stalled: false, effect: { count: 0 }, ...parts };
}

describe('a sync', () => {
  it('makes durable what was written before it, and not what came after, once its latency is over', () => {
    const { simulation, disks, heard, at } = diskWorld();
    at(100, (env) => {
      env.disk.append('log', 'a');
      env.disk.sync(7);
      env.disk.append('log', 'b');
      expect(env.disk.read('log')).toEqual(['a', 'b']);
    });
    at(1_099, () => {
      expect(disks.diskOf(0).readDurable('log')).toEqual([]);
    });
    simulation.run();
    expect(disks.diskOf(0).readDurable('log')).toEqual(['a']);
    expect(heard).toEqual(['1100 1:7']);
    expect(disks.syncs).toBe(1);
  });

  it.each(['fifo', 'shuffled'] as const)(
    'never ends before an earlier one, however the latencies fall (%s ties)',
    (ties) => {
      const latency = { kind: 'uniform', minUs: 0, maxUs: 3_000 } as const;
      const { simulation, heard, at } = diskWorld({ syncLatency: latency }, ties);
      for (let token = 0; token < 200; token += 1)
        at(100 + token * 100, (env) => {
          env.disk.append('log', token);
          env.disk.sync(token);
        });
      simulation.run();
      expect(heard.map((line) => Number(line.split(':')[1]))).toEqual(
        Array.from({ length: 200 }, (_, token) => token),
      );
    },
  );

  it('of a killed process still settles; nobody hears of it', () => {
    const { simulation, disks, heard, hosts, at } = diskWorld();
    at(100, (env) => {
      env.disk.append('log', 'a');
      env.disk.sync(1);
    });
    at(200, () => {
      hosts[0]!.crash('process-kill');
    });
    simulation.start(0, 300);
    at(400, (env) => {
      // A process kill leaves the page cache: the next incarnation reads it, synced or not.
      expect(env.disk.read('log')).toEqual(['a']);
      expect(disks.diskOf(0).readDurable('log')).toEqual([]);
    });
    simulation.run();
    expect(disks.diskOf(0).readDurable('log')).toEqual(['a']);
    expect(heard).toEqual([]);
  });

  it('never ends after a power loss', () => {
    const { simulation, disks, heard, at } = diskWorld({
      syncLatency: { kind: 'constant', us: 1_000 },
      unsynced: 'none',
    });
    at(100, (env) => {
      env.disk.append('log', 'a');
      env.disk.sync(1);
    });
    at(500, () => {
      disks.powerLoss(0);
    });
    simulation.start(0, 600);
    at(700, (env) => {
      expect(env.disk.read('log')).toEqual([]);
      env.disk.append('log', 'b');
      env.disk.sync(2);
    });
    simulation.run();
    expect(heard).toEqual(['1700 2:2']);
    expect(disks.diskOf(0).readDurable('log')).toEqual(['b']);
  });

  it('ends in time on a paused process, which hears of it later', () => {
    const { simulation, disks, heard, hosts, at } = diskWorld();
    at(100, (env) => {
      env.disk.append('log', 'a');
      env.disk.sync(1);
    });
    at(200, () => {
      hosts[0]!.pause();
    });
    at(2_000, () => {
      expect(disks.diskOf(0).readDurable('log')).toEqual(['a']);
      expect(heard).toEqual([]);
    });
    at(9_000, () => {
      hosts[0]!.resume();
    });
    simulation.run();
    expect(heard).toEqual(['9000 1:1']);
    expect(disks.syncs).toBe(1);
  });

  it('by the env of a dead incarnation does nothing', () => {
    const { simulation, heard, hosts, disks, at } = diskWorld();
    at(100, (env) => {
      hosts[0]!.crash('process-kill');
      env.disk.append('log', 'ghost');
      env.disk.put('meta', 'ghost');
      env.disk.remove('log');
      env.disk.truncate('log', 0);
      env.disk.sync(1);
    });
    simulation.run();
    expect([heard, disks.syncs, disks.diskOf(0).written()]).toEqual([[], 0, 0]);
  });
});

describe('a disk in trouble', () => {
  it('that is slow takes its factor longer; of several troubles the worst counts', () => {
    const { simulation, disks, heard, at } = diskWorld();
    const [three, two] = [trouble({ slowdown: 3 }), trouble({ slowdown: 2 })];
    at(50, () => {
      disks.addTrouble(0, three);
    });
    at(100, (env) => {
      env.disk.sync(1);
    });
    at(4_000, (env) => {
      disks.addTrouble(0, two);
      env.disk.sync(2);
    });
    at(20_000, (env) => {
      disks.removeTrouble(0, three);
      disks.removeTrouble(0, two);
      env.disk.sync(3);
    });
    simulation.run();
    expect(heard).toEqual(['3100 1:1', '7000 1:2', '21000 1:3']);
    expect([three.effect.count, two.effect.count]).toEqual([2, 1]);
  });

  it('that fails a sync says so, keeps the cache and has lost the writes', () => {
    const { simulation, disks, heard, at } = diskWorld();
    const failing = trouble({ failSyncPpm: 1_000_000 });
    at(50, () => {
      disks.addTrouble(0, failing);
    });
    at(100, (env) => {
      env.disk.put('meta', 'a');
      env.disk.sync(1);
    });
    at(3_000, (env) => {
      disks.removeTrouble(0, failing);
      // Retrying the sync does not bring the write back.
      env.disk.sync(2);
      expect(env.disk.read('meta')).toEqual(['a']);
    });
    simulation.run();
    expect(heard).toEqual(['1100 1:1 io-error', '4000 1:2']);
    expect(disks.diskOf(0).readDurable('meta')).toEqual([]);
    expect(failing.effect.count).toBe(1);
  });

  it.each(['fifo', 'shuffled'] as const)(
    'that stalls ends no sync before the trouble does, then all in order (%s ties)',
    (ties) => {
      const { simulation, disks, heard, at } = diskWorld(undefined, ties);
      const stall = trouble({ stalled: true });
      for (let token = 1; token <= 9; token += 1)
        at(token * 400, (env) => {
          env.disk.append('log', token);
          env.disk.sync(token);
        });
      // The first sync (400 to 1,400) is over; those of 800 and 1,200 are under way.
      at(1_500, () => {
        disks.addTrouble(0, stall);
      });
      at(5_000, () => {
        expect(heard).toEqual(['1400 1:1']);
        expect(disks.diskOf(0).readDurable('log')).toEqual([1]);
        disks.removeTrouble(0, stall);
      });
      simulation.run();
      expect(heard.map((line) => line.split(':')[1])).toEqual([
        '1',
        '2',
        '3',
        '4',
        '5',
        '6',
        '7',
        '8',
        '9',
      ]);
      expect(stall.effect.count).toBe(8);
    },
  );

  it('that stalls for a moment does not let a later sync overtake one under way', () => {
    const { simulation, disks, heard, at } = diskWorld();
    const stall = trouble({ stalled: true });
    const failing = trouble({ failSyncPpm: 1_000_000 });
    disks.addTrouble(0, failing);
    at(100, (env) => {
      env.disk.append('log', 'fails');
      env.disk.sync(1);
      disks.removeTrouble(0, failing);
      disks.addTrouble(0, stall);
      env.disk.append('log', 'good');
      env.disk.sync(2);
    });
    at(200, () => {
      disks.removeTrouble(0, stall);
    });
    simulation.run();
    expect(heard.map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      '1:1 io-error',
      '1:2',
    ]);
    expect(disks.diskOf(0).readDurable('log').at(-1)).toBe('good');
    expect(disks.diskOf(0).readDurable('log')).toHaveLength(2);
  });
});

describe('a disk loss', () => {
  it('crashes the node; it comes back with an empty disk that works at once', () => {
    const { simulation, disks, heard, hosts, at } = diskWorld({
      syncLatency: { kind: 'constant', us: 1_000 },
    });
    const slow = trouble({ slowdown: 1_000 });
    at(10, (env) => {
      env.disk.append('log', 'a');
      disks.addTrouble(0, slow);
      env.disk.sync(1);
      disks.removeTrouble(0, slow);
    });
    at(100, () => {
      disks.loseDisk(0);
      expect(hosts[0]!.status).toBe('down');
    });
    simulation.start(0, 200);
    at(300, (env) => {
      expect(env.disk.read('log')).toEqual([]);
      env.disk.sync(2);
    });
    simulation.run();
    // The old disk's slow sync is gone with it and delays nobody.
    expect(heard).toEqual(['1300 2:2']);
  });
});

describe('a disk', () => {
  it.each([-1, 1.5, NaN])('refuses to keep %d records: the node crashes', (length) => {
    const { simulation, hosts, at } = diskWorld();
    at(10, (env) => {
      hosts[0]!.act(() => {
        env.disk.truncate('log', length);
      });
    });
    simulation.run();
    expect(simulation.failures[0]!.error.message).toContain(`truncate('log', ${length})`);
  });

  it('of one node is not another’s', () => {
    const { simulation, disks } = buildWorld({
      nodes: {
        n1: (env) => ({
          onStart: () => {
            env.disk.append('log', 1);
          },
        }),
        n2: () => ({}),
      },
    });
    simulation.run();
    expect([disks.diskOf(0).read('log'), disks.diskOf(1).read('log')]).toEqual([[1], []]);
  });
});
