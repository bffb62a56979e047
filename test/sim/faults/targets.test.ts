import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../../src/sim/engine/random.ts';
import { nodeNamed, resolveTarget } from '../../../src/sim/faults/fault-world.ts';
import type { TargetSelector } from '../../../src/sim/faults/fault.ts';
import { faultWorld, nodes } from '../support/fault-world.ts';

/** The names a selector means in a running world. */
function resolved(
  selector: TargetSelector,
  settings: { servers?: number; leader?: number | null; seed?: string } = {},
): string[] {
  const { world, simulation } = faultWorld({ schedule: [], ...settings });
  simulation.run({ untilUs: 5_000 });
  const stream = new RandomStream(settings.seed ?? 's', 'faults/f1/target');
  return resolveTarget(world, selector, stream).map((node) => simulation.nameOf(node));
}

describe('a target selector', () => {
  it('means the named nodes, clients too', () => {
    expect(resolved(nodes('n2', 'c1'))).toEqual(['n2', 'c1']);
  });

  it('refuses a name that nobody has, and lists those there are', () => {
    const { world } = faultWorld({ schedule: [], servers: 2 });
    expect(() => nodeNamed(world, 'n9')).toThrow(
      "no node is called 'n9': expected one of n1, n2, c1, c2",
    );
  });

  it('means the holder of a role now, and nobody when there is none', () => {
    const role = { kind: 'role', role: 'leader' } as const;
    expect(resolved(role, { leader: 3 })).toEqual(['n4']);
    expect(resolved(role, { leader: null })).toEqual([]);
  });

  it('means, of two that claim a role, the one with the higher rank', () => {
    const { world, simulation } = faultWorld({ schedule: [] });
    simulation.run({ untilUs: 5_000 });
    const claimed = {
      ...world,
      roleOf: (node: number) => (node === 1 || node === 3 ? 'leader' : 'follower'),
      rankOf: (node: number) => node,
    };
    const role = { kind: 'role', role: 'leader' } as const;
    expect(resolveTarget(claimed, role, new RandomStream('s', 'x'))).toEqual([3]);
  });

  it('means the followers that are up', () => {
    const { world, simulation, hosts } = faultWorld({ schedule: [] });
    simulation.run({ untilUs: 5_000 });
    hosts[4]!.crash('process-kill');
    const followers = resolveTarget(world, { kind: 'followers' }, new RandomStream('s', 'x'));
    expect(followers).toEqual([1, 2, 3]);
  });

  it('means as many drawn clients as it says, others for another seed', () => {
    const one = { kind: 'random-clients', count: 1 } as const;
    const drawn = new Set(['a', 'b', 'c', 'd', 'e'].flatMap((seed) => resolved(one, { seed })));
    expect(drawn).toEqual(new Set(['c1', 'c2']));
    expect(resolved({ ...one, count: 2 })).toEqual(['c1', 'c2']);
  });

  it('means all servers or all clients', () => {
    expect(resolved({ kind: 'servers' }, { servers: 3 })).toEqual(['n1', 'n2', 'n3']);
    expect(resolved({ kind: 'clients' }, { servers: 3 })).toEqual(['c1', 'c2']);
  });

  it.each([3, 4, 5, 6, 7])('draws a minority and a majority of %d servers', (servers) => {
    const minority = resolved({ kind: 'minority' }, { servers });
    const majority = resolved({ kind: 'majority' }, { servers });
    expect(minority.length * 2).toBeLessThan(servers);
    expect((minority.length + 1) * 2).toBeGreaterThanOrEqual(servers);
    expect(majority.length * 2).toBeGreaterThan(servers);
    expect((majority.length - 1) * 2).toBeLessThanOrEqual(servers);
  });

  it('draws different servers with different seeds, the same with the same, in topology order', () => {
    const draw = (seed: string): string[] => resolved({ kind: 'random', count: 2 }, { seed });
    const drawn = Array.from({ length: 40 }, (_, seed) => draw(String(seed)));
    for (const names of drawn) {
      expect(new Set(names).size).toBe(2);
      expect(names).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)));
    }
    // All ten pairs of five come up.
    expect(new Set(drawn.map(String)).size).toBeGreaterThanOrEqual(9);
    expect(draw('7')).toEqual(draw('7'));
    expect(resolved({ kind: 'random', count: 9 })).toHaveLength(5);
  });
});
