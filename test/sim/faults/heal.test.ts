import { describe, expect, it } from 'vitest';

import { FAULT_END, FAULT_START } from '../../../src/sim/engine/event-kind.ts';
import type { FaultAction } from '../../../src/sim/faults/fault.ts';
import { countRows } from '../support/build-world.ts';
import { faultWorld, nodes, timed, triggered } from '../support/fault-world.ts';

const SERVERS = { kind: 'servers' } as const;
const N3 = nodes('n3');

const EVERYTHING: readonly FaultAction[] = [
  { kind: 'ring' },
  { kind: 'isolate', target: N3 },
  { kind: 'flapping', target: N3, cutUs: 10_000, healedUs: 10_000 },
  { kind: 'clog', from: SERVERS, to: SERVERS },
  {
    kind: 'messages',
    from: SERVERS,
    to: SERVERS,
    types: null,
    dropPpm: 1_000_000,
    duplicatePpm: 0,
    reorderPpm: 0,
    corruptPpm: 0,
    delay: null,
  },
  { kind: 'pause', target: nodes('n2') },
  { kind: 'power-loss', target: N3 },
  { kind: 'kill', target: nodes('n4', 'n5') },
  { kind: 'stalled-disk', target: nodes('n1') },
  { kind: 'clock-drift', target: nodes('n1'), ppm: 500_000 },
  { kind: 'clock-freeze', target: nodes('n2') },
];

describe('heal', () => {
  it('among some nodes ends what is between them, and leaves what touches any other', () => {
    const world = faultWorld({
      schedule: EVERYTHING.map((action, index) =>
        timed(`f${index}`, 100_000 + index * 1_000, 600_000, action),
      ),
    });
    const { simulation, faults, hosts, network } = world;
    const core = [0, 1, 2, 5, 6];
    simulation.control(500_000, 'heal', () => {
      faults.healAmong(new Set(core), [
        timed('left-n4', 500_000, null, { kind: 'pause', target: nodes('n4') }),
      ]);
    });
    simulation.run({ untilUs: 2_000_000 });
    for (const from of core)
      for (const to of core.filter((other) => other !== from))
        expect(network.link(from, to).simple).toBe(true);
    expect(core.map((node) => hosts[node]!.status)).toEqual(core.map(() => 'up'));
    // Their time has come and gone: nothing outside ends any more.
    expect(hosts.slice(3, 5).map(({ status }) => status)).toEqual(['down', 'down']);
    expect(network.link(0, 3).simple).toBe(false);
    expect(network.link(4, 2).simple).toBe(false);
    expect(world.report('left-n4').state).toBe('active');
    expect(world.report('f0').state).toBe('active');
  });

  it('ends everything at once: links work, nodes run, disks sync, clocks go', () => {
    const world = faultWorld({
      schedule: EVERYTHING.map((action, index) =>
        timed(`f${index}`, 100_000 + index * 1_000, null, action),
      ),
    });
    const { simulation, faults, hosts, network, disks } = world;
    simulation.control(500_000, 'heal', () => {
      expect(faults.active).toBe(EVERYTHING.length);
      faults.heal();
      expect(faults.active).toBe(0);
      world.delivered.clear();
      world.log.length = 0;
    });
    simulation.run({ untilUs: 1_500_000 });
    expect(hosts.map(({ status }) => status)).toEqual(hosts.map(() => 'up'));
    expect(world.log.sort((a, b) => (a < b ? -1 : 1))).toEqual([
      '500000 n3 boots',
      '500000 n4 boots',
      '500000 n5 boots',
    ]);
    for (const from of world.world.servers)
      for (const to of world.world.servers.filter((other) => other !== from)) {
        expect(network.link(from, to).simple).toBe(true);
        expect(
          world.delivered.get(`${hosts[from]!.name}>${hosts[to]!.name}`),
        ).toBeGreaterThanOrEqual(98);
      }
    for (const node of world.world.servers) {
      expect(hosts[node]!.clock.nominal).toBe(true);
      const [all, durable] = [
        disks.diskOf(node).read('log').length,
        disks.diskOf(node).readDurable('log').length,
      ];
      expect(all - durable).toBeLessThanOrEqual(1);
    }
    expect(countRows(simulation, FAULT_START)).toBe(EVERYTHING.length);
    expect(countRows(simulation, FAULT_END)).toBe(EVERYTHING.length);
  });

  it('lets no fault begin any more, by time or by trigger', () => {
    const world = faultWorld({
      schedule: [
        timed('late', 600_000, 100_000, { kind: 'halves' }),
        triggered(
          'chained',
          { when: { kind: 'fault', id: 'early', edge: 'end' }, delayUs: 0 },
          { kind: 'kill', target: N3 },
        ),
        timed('early', 100_000, null, { kind: 'halves' }),
      ],
    });
    world.simulation.control(500_000, 'heal', () => {
      world.faults.heal();
    });
    world.simulation.run({ untilUs: 1_000_000 });
    expect(['late', 'chained', 'early'].map((id) => world.report(id).state)).toEqual([
      'waiting',
      'waiting',
      'ended',
    ]);
    expect(world.report('early').endUs).toBe(500_000);
  });
});

describe.each(['fifo', 'shuffled'] as const)('faults that overlap (%s ties)', (ties) => {
  it('restart a node only when the last that keeps it down ends', () => {
    const world = faultWorld({
      ties,
      schedule: [
        timed('f1', 100_000, 300_000, { kind: 'kill', target: N3 }),
        timed('f2', 200_000, 500_000, { kind: 'power-loss', target: N3 }),
        timed('f3', 300_000, 100_000, { kind: 'disk-loss', target: N3 }),
      ],
    });
    world.simulation.run({ untilUs: 1_000_000 });
    expect(world.log.filter((line) => line.includes('n3'))).toEqual([
      '0 n3 boots',
      '700000 n3 boots',
    ]);
  });

  it('keep a node down when one ends in the microsecond in which the next begins', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const world = faultWorld({
        ties,
        seed: String(seed),
        servers: 3,
        schedule: [
          timed('f1', 20_000, 30_000, { kind: 'kill', target: N3 }),
          timed('f2', 50_000, 50_000, { kind: 'kill', target: N3 }),
        ],
      });
      world.simulation.control(75_000, 'look', () => {
        expect(world.hosts[2]!.status).toBe('down');
      });
      world.simulation.run({ untilUs: 150_000 });
      expect(world.hosts[2]!.status).toBe('up');
    }
  });

  it('resume a node only when the last that pauses it ends', () => {
    const world = faultWorld({
      ties,
      schedule: [
        timed('f1', 100_000, 300_000, { kind: 'pause', target: N3 }),
        timed('f2', 200_000, 500_000, { kind: 'pause', target: N3 }),
      ],
    });
    for (const [atUs, status] of [
      [500_000, 'paused'],
      [700_001, 'up'],
    ] as const)
      world.simulation.control(atUs, 'look', () => {
        expect(world.hosts[2]!.status).toBe(status);
      });
    world.simulation.run({ untilUs: 1_000_000 });
  });
});

describe('a start of a node that a fault keeps down', () => {
  it('does nothing: the node boots when the fault ends', () => {
    const world = faultWorld({
      schedule: [timed('f1', 100_000, 300_000, { kind: 'kill', target: N3 })],
    });
    world.simulation.start(2, 200_000);
    world.simulation.run({ untilUs: 500_000 });
    expect(world.log.filter((line) => line.includes('n3'))).toEqual([
      '0 n3 boots',
      '400000 n3 boots',
    ]);
  });
});
