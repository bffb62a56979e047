import { describe, expect, it } from 'vitest';

import { commit } from '../../../src/protocols/commit/index.ts';
import { crashSweep, withVerdict } from '../watch.ts';
import { oneOrder, watch } from './harness.ts';

/** Eight clients that transfer without a pause over twenty accounts. */
const busy = (groupCommit: string) => `
name: busy
title: busy
protocol: commit
topology: { servers: 4, clients: 8 }
config: { recoveryPeriod: 0s, balance: 10000, groupCommit: ${groupCommit} }
network: { latency: 1ms }
disk: { sync: 1ms, unsynced: none }
duration: 2s
workload: { mix: { transfer: 1 }, keys: 20 }`;

describe('decisions that are forced in groups', () => {
  it('cost the coordinator fewer forces for each commit', () => {
    const forcesPerCommit = (groupCommit: string): number => {
      const { result, monitor } = watch(busy(groupCommit));
      expect(withVerdict(result, 'violated')).toEqual([]);
      expect(monitor.metrics.committed).toBeGreaterThan(100);
      return monitor.logs.get(0)!.forces / monitor.metrics.committed;
    };
    // A transfer within one manager commits there, in one phase.
    const single = forcesPerCommit('0s');
    expect(single).toBeLessThan(1);
    expect(forcesPerCommit('5ms')).toBeLessThan(0.6 * single);
  });

  it('with a crash of the coordinator at every event: nothing breaks', () => {
    const order = (faults: string) => oneOrder('groupCommit: 20ms, inquiryTimeout: 15ms', faults);
    expect(crashSweep(commit, order, 'n1', 150).broken).toEqual([]);
  });
});
