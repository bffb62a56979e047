import { describe, expect, it } from 'vitest';

import type { FaultAction } from '../../../src/sim/faults/fault.ts';
import { faultWorld, nodes, timed, type FaultedWorld } from '../support/fault-world.ts';

const SERVERS = { kind: 'servers' } as const;
const LEADER = { kind: 'role', role: 'leader' } as const;
const MESSAGES = {
  kind: 'messages',
  from: nodes('n1'),
  to: SERVERS,
  types: null,
  dropPpm: 0,
  duplicatePpm: 0,
  reorderPpm: 0,
  corruptPpm: 0,
  delay: null,
} as const;

/** Runs 1 s with the fault from 300 ms to 600 ms. */
function runWith(action: FaultAction, check?: (world: FaultedWorld) => void): FaultedWorld {
  const world = faultWorld({ schedule: [timed('f1', 300_000, 300_000, action)] });
  if (check !== undefined)
    world.simulation.control(450_000, 'look', () => {
      check(world);
    });
  world.simulation.run({ untilUs: 1_000_000 });
  return world;
}

/** How many of 99 beats reached `to` from `from`. */
function beats(world: FaultedWorld, link: string): number {
  return world.delivered.get(link) ?? 0;
}

const BITING: readonly (readonly [string, FaultAction, targets: number])[] = [
  ['partition', { kind: 'partition', groups: [['n1', 'n2'], ['n3']] }, 3],
  ['isolate', { kind: 'isolate', target: LEADER }, 1],
  ['halves', { kind: 'halves' }, 2],
  ['bridge', { kind: 'bridge' }, 5],
  ['ring', { kind: 'ring' }, 5],
  ['one-way', { kind: 'one-way', from: LEADER, to: SERVERS }, 1],
  ['links', { kind: 'links', kept: [['n1', 'n2']] }, 5],
  ['flapping', { kind: 'flapping', target: LEADER, cutUs: 30_000, healedUs: 30_000 }, 1],
  ['messages dropped', { ...MESSAGES, dropPpm: 500_000 }, 1],
  ['messages duplicated', { ...MESSAGES, duplicatePpm: 500_000 }, 1],
  ['messages reordered', { ...MESSAGES, reorderPpm: 500_000 }, 1],
  ['messages corrupted', { ...MESSAGES, corruptPpm: 500_000 }, 1],
  ['messages delayed', { ...MESSAGES, delay: { kind: 'constant', us: 5_000 } }, 1],
  ['clog', { kind: 'clog', from: LEADER, to: SERVERS }, 1],
  ['kill', { kind: 'kill', target: LEADER }, 1],
  ['power-loss', { kind: 'power-loss', target: { kind: 'majority' } }, 3],
  ['disk-loss', { kind: 'disk-loss', target: nodes('n3') }, 1],
  ['pause', { kind: 'pause', target: LEADER }, 1],
  ['slow-disk', { kind: 'slow-disk', target: nodes('n3'), factor: 9 }, 1],
  ['stalled-disk', { kind: 'stalled-disk', target: nodes('n3') }, 1],
  ['failed-sync', { kind: 'failed-sync', target: nodes('n3'), failPpm: 500_000 }, 1],
  ['clock-step', { kind: 'clock-step', target: nodes('n3'), byUs: -5_000 }, 1],
  ['clock-drift', { kind: 'clock-drift', target: nodes('n3'), ppm: 90_000 }, 1],
  ['clock-freeze', { kind: 'clock-freeze', target: nodes('n3') }, 1],
  ['fire-timer', { kind: 'fire-timer', target: nodes('n3'), timer: 'election' }, 1],
];

describe('every kind of fault', () => {
  it.each(BITING)('%s has its targets and an effect that is counted', (_name, action, targets) => {
    const { report, faults, simulation, hosts } = runWith(action);
    const found = report('f1');
    expect([found.kind, found.state, found.startUs, found.endUs]).toEqual([
      action.kind,
      'ended',
      300_000,
      600_000,
    ]);
    expect(found.targets).toHaveLength(targets);
    expect(found.effect).toBeGreaterThan(0);
    expect(faults.active).toBe(0);
    expect(simulation.failures).toEqual([]);
    expect(hosts.map(({ status }) => status)).toEqual(hosts.map(() => 'up'));
  });

  it.each<[string, FaultAction]>([
    [
      'isolate a leader that does not exist',
      { kind: 'isolate', target: { kind: 'role', role: 'king' } },
    ],
    ['drop a message type that nobody sends', { ...MESSAGES, types: ['Vote'], dropPpm: 1_000_000 }],
    ['fire a timer that is not set', { kind: 'fire-timer', target: nodes('n1'), timer: 'none' }],
    ['keep all links', { kind: 'partition', groups: [['n1', 'n2']] }],
  ])('reports that it never bit: %s', (_name, action) => {
    expect(runWith(action).report('f1').effect).toBe(0);
  });

  it('does not claim a kill of what is down, nor a timer of a dead process', () => {
    const world = faultWorld({
      schedule: [
        timed('f1', 100_000, 500_000, { kind: 'kill', target: nodes('n1') }),
        timed('f2', 200_000, 100_000, { kind: 'kill', target: nodes('n1') }),
        timed('f3', 300_000, null, {
          kind: 'fire-timer',
          target: nodes('n1'),
          timer: 'election',
        }),
        timed('f4', 300_000, 100_000, { kind: 'pause', target: nodes('n1') }),
      ],
    });
    world.simulation.run({ untilUs: 1_000_000 });
    expect(['f1', 'f2', 'f3', 'f4'].map((id) => world.report(id).effect)).toEqual([1, 0, 0, 0]);
  });
});

describe('a network fault', () => {
  it('that isolates cuts the leader from the servers only; clients reach both sides', () => {
    const world = runWith({ kind: 'isolate', target: LEADER });
    expect([beats(world, 'n1>n2'), beats(world, 'n2>n1')]).toEqual([69, 69]);
    expect([beats(world, 'n2>n3'), beats(world, 'n1>c1'), beats(world, 'c1>n1')]).toEqual([
      99, 99, 99,
    ]);
    expect(world.report('f1').effect).toBe(8 * 30);
  });

  it('one way lets the other way through', () => {
    const world = runWith({ kind: 'one-way', from: LEADER, to: SERVERS });
    expect([beats(world, 'n1>n2'), beats(world, 'n2>n1')]).toEqual([69, 99]);
  });

  it('that flaps cuts and heals by turns', () => {
    const world = runWith({ kind: 'flapping', target: LEADER, cutUs: 50_000, healedUs: 100_000 });
    // Cut 300-350 and 450-500 ms: 10 of the 30 beats.
    expect(beats(world, 'n1>n2')).toBe(89);
  });

  it('that clogs delivers everything in the end', () => {
    const world = runWith({ kind: 'clog', from: LEADER, to: SERVERS }, ({ delivered }) => {
      expect(delivered.get('n1>n2')).toBe(29);
    });
    expect(beats(world, 'n1>n2')).toBe(99);
  });

  it('on one message type leaves the others alone', () => {
    const world = runWith({ ...MESSAGES, types: ['Beat'], dropPpm: 1_000_000 });
    expect([beats(world, 'n1>n2'), beats(world, 'n2>n1'), beats(world, 'n1>c1')]).toEqual([
      69, 99, 99,
    ]);
  });
});

describe('a process or machine fault', () => {
  it('keeps the node down while it lasts, and starts it at its end', () => {
    const { log } = runWith({ kind: 'kill', target: nodes('n3') }, ({ hosts }) => {
      expect(hosts[2]!.status).toBe('down');
    });
    expect(log.filter((line) => line.includes('n3'))).toEqual(['0 n3 boots', '600000 n3 boots']);
  });

  it.each<[FaultAction['kind'] & ('kill' | 'power-loss' | 'disk-loss'), boolean]>([
    ['kill', true],
    ['power-loss', true],
    ['disk-loss', false],
  ])('%s leaves what the disk keeps', (kind, keeps) => {
    runWith({ kind, target: nodes('n3') }, ({ disks }) => {
      expect(disks.diskOf(2).read('log').length > 20).toBe(keeps);
    });
  });

  it('that pauses lets the node go on with what waited', () => {
    const world = runWith({ kind: 'pause', target: nodes('n3') }, ({ hosts, delivered }) => {
      expect(hosts[2]!.status).toBe('paused');
      expect(delivered.get('n1>n3')).toBe(29);
    });
    expect(beats(world, 'n1>n3')).toBe(99);
    expect(world.hosts[2]!.incarnation).toBe(1);
  });

  it('that fires a timer does so now and leaves the other nodes alone', () => {
    const { log } = runWith({ kind: 'fire-timer', target: nodes('n3'), timer: 'election' });
    expect(log.filter((line) => line.includes('election'))).toEqual(['300000 n3 election']);
  });
});

describe('a clock fault', () => {
  it('steps only the wall clock, and for good', () => {
    const { hosts, simulation } = runWith({
      kind: 'clock-step',
      target: nodes('n3'),
      byUs: -5_000,
    });
    const { clock } = hosts[2]!;
    expect(clock.wallUs(simulation.nowUs)).toBe(simulation.nowUs - 5_000);
    expect(clock.monotonicUs(simulation.nowUs)).toBe(simulation.nowUs);
  });

  it('drifts while it lasts', () => {
    const { hosts, simulation } = runWith({
      kind: 'clock-drift',
      target: nodes('n3'),
      ppm: 100_000,
    });
    expect(hosts[2]!.clock.monotonicUs(simulation.nowUs)).toBe(simulation.nowUs + 30_000);
  });

  it('that drifts inside another lets the other go on when it ends', () => {
    const world = faultWorld({
      schedule: [
        timed('f1', 100_000, 600_000, { kind: 'clock-drift', target: nodes('n3'), ppm: 100_000 }),
        timed('f2', 200_000, 100_000, { kind: 'clock-drift', target: nodes('n3'), ppm: -200_000 }),
      ],
    });
    world.simulation.run({ untilUs: 1_000_000 });
    const { nowUs } = world.simulation;
    // 100 ms at +10 %, 100 ms at -20 %, 400 ms at +10 %.
    expect(world.hosts[2]!.clock.monotonicUs(nowUs)).toBe(nowUs + 10_000 - 20_000 + 40_000);
  });

  it('freezes until the last freeze ends', () => {
    const world = faultWorld({
      schedule: [
        timed('f1', 100_000, 300_000, { kind: 'clock-freeze', target: nodes('n3') }),
        timed('f2', 200_000, 400_000, { kind: 'clock-freeze', target: nodes('n3') }),
      ],
    });
    world.simulation.run({ untilUs: 1_000_000 });
    const { nowUs } = world.simulation;
    expect(world.hosts[2]!.clock.monotonicUs(nowUs)).toBe(nowUs - 500_000);
    expect(world.delivered.get('n3>n1')).toBe(49);
  });
});
