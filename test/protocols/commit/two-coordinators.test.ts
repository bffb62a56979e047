import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/commit/config.ts';
import { complaintOf } from '../complaint.ts';
import { figureOf, withVerdict } from '../watch.ts';
import { watch } from './harness.ts';

const shared = (faults: string) => `
name: shared
title: two coordinators over three managers
protocol: commit
topology: { servers: 5, clients: 4 }
config: { coordinators: 2, orphanSafety: 5ms, recoveryPeriod: 10ms, balance: 10000 }
network: { latency: [1ms, 10ms] }
disk: { sync: [1ms, 8ms], unsynced: prefix }
duration: 2s
liveness: 10s
workload: { mix: { transfer: 3, order: 1 }, keys: 4, think: [1ms, 20ms] }
${faults}`;

describe('two coordinators over the same managers', () => {
  it('both commit, and neither scan touches a branch of the other', () => {
    const { result, monitor } = watch(shared(''));
    expect(withVerdict(result, 'violated')).toEqual([]);
    expect(figureOf(result, 'committed')).toBeGreaterThan(20);
    for (const node of [0, 1]) expect(monitor.logs.get(node)!.records).toBeGreaterThan(5);
  });

  it('one is away for a while: the other goes on, and nothing breaks', () => {
    const fault =
      'faults: [{ id: away, at: 300ms, kind: power-loss, target: n2, for: 1s }, { id: late, at: 1500ms, kind: kill, target: n1, for: 100ms }]';
    for (const seed of ['1', '2', '3', '4', '5'])
      expect(withVerdict(watch(shared(fault), seed).result, 'violated')).toEqual([]);
  });

  it('leave at least one manager', () => {
    expect(complaintOf(() => parseConfig({ coordinators: 3 }, 3))).toMatch(
      /^coordinators: 3 coordinators of 3 servers leave no resource manager/,
    );
  });
});
