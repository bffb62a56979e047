import { describe, expect, it } from 'vitest';

import { threePhase } from '../../../src/protocols/three-phase/index.ts';
import { crashSweep, figureOf, watchRun, withVerdict } from '../watch.ts';

/** One order over three managers: coordinator n1, managers n2 to n4. */
function oneOrder(faults: string): string {
  return `
name: one-order
title: one order
protocol: three-phase
topology: { servers: 4, clients: 1 }
network: { latency: 5ms }
disk: { sync: 1ms, unsynced: none }
duration: 4s
liveness: 20s
script:
  - { at: 100ms, client: c1, do: order, key: x, value: { price: 7 } }
${faults}`;
}

describe('three-phase commit, when servers crash at any event of one transaction', () => {
  it.each(['n1', 'n2', 'n4'])(
    'crash of %s, back before the others notice: nothing breaks',
    (node) => {
      const { runs, broken } = crashSweep(threePhase, oneOrder, node, 150);
      expect(broken).toEqual([]);
      expect(runs).toBeGreaterThan(60);
    },
  );

  it.each(['n1', 'n2', 'n4'])('crash of %s, away for long: nothing breaks', (node) => {
    expect(crashSweep(threePhase, oneOrder, node, 2_500).broken).toEqual([]);
  });

  it('never waits for a coordinator that is away: a termination timeout and its messages, no more', () => {
    const { events } = watchRun(threePhase, oneOrder('')).result;
    for (let event = 1; event <= events; event += 1) {
      const fault = `faults: [{ id: crash, when: { event: ${event} }, kind: power-loss, target: n1, for: 3s, mayMiss: true }]`;
      const { result } = watchRun(threePhase, oneOrder(fault));
      expect(figureOf(result, 'in-doubt-max')).toBeLessThan(1_000_000);
    }
  });

  it('breaks agreement for some moment of a partition, and for some it does not', () => {
    const verdicts = Array.from({ length: 90 }, (_, index) => {
      const fault = `faults: [{ id: cut, when: { event: ${index + 1} }, kind: partition, groups: [[n1, n2, c1], [n3, n4]], for: 3s, mayMiss: true }]`;
      return withVerdict(watchRun(threePhase, oneOrder(fault)).result, 'violated')[0] ?? 'holds';
    });
    expect(verdicts).toContain('agreement');
    expect(verdicts).toContain('holds');
  });
});
