import { describe, expect, it } from 'vitest';

import { paxosCommit } from '../../../src/protocols/paxos-commit/index.ts';
import { crashSweep, figureOf, withVerdict } from '../watch.ts';
import { oneOrder, watch } from './one-order.ts';

/** An inquiry after 200 ms, the takeover of the next members, two rounds of messages, and some disks. */
const BOUND_US = 200_000 + 2 * 50_000 + 60_000;

describe('Paxos Commit, when servers crash at any event of one transaction', () => {
  it.each(['tm1', 'tm2', 'tm3', 'rm1'])('F = 1, crash of %s: nothing breaks', (node) => {
    const { runs, broken } = crashSweep(paxosCommit, (faults) => oneOrder(1, faults), node, 150);
    expect(broken).toEqual([]);
    expect(runs).toBeGreaterThan(60);
  });

  it.each(['tm', 'rm1'])('F = 0, crash of %s: nothing breaks', (node) => {
    const name = node === 'tm' ? 'tm1' : node;
    expect(crashSweep(paxosCommit, (faults) => oneOrder(0, faults), name, 150).broken).toEqual([]);
  });
});

describe('how long doubt lasts when the leader is away', () => {
  const doubtUs = (f: number, awayMs: number, event: number): number => {
    const fault = `faults: [{ id: crash, when: { event: ${event} }, kind: power-loss, target: tm1, for: ${awayMs}ms, mayMiss: true }]`;
    const { result } = watch(oneOrder(f, fault));
    expect(withVerdict(result, 'violated')).toEqual([]);
    return figureOf(result, 'in-doubt-max');
  };

  it.each([1, 2])('with F = %i it is bounded, whenever the leader dies and however long', (f) => {
    const { events } = watch(oneOrder(f)).result;
    for (let event = 1; event <= events; event += 1)
      expect(doubtUs(f, 1_800, event)).toBeLessThanOrEqual(BOUND_US);
  });

  it('with F = 0 it lasts as long as the leader is away: two-phase commit blocks', () => {
    const { events } = watch(oneOrder(0)).result;
    const longest = (awayMs: number): number =>
      Math.max(...Array.from({ length: events }, (_, index) => doubtUs(0, awayMs, index + 1)));
    for (const awayMs of [600, 1_800]) expect(longest(awayMs)).toBeGreaterThan(awayMs * 1_000);
  });
});
