import { describe, expect, it } from 'vitest';

import { commit } from '../../../src/protocols/commit/index.ts';
import { crashSweep, figureOf, withVerdict } from '../watch.ts';
import { oneOrder, watch } from './harness.ts';

/** Crashes of one node at every event of one transaction. */
function sweep(config: string, node: string): ReturnType<typeof crashSweep> {
  return crashSweep(commit, (faults) => oneOrder(config, faults), node, 150);
}

describe('a crash at every event of one transaction over three managers', () => {
  it.each(['abort', 'nothing', 'commit'])(
    'of the coordinator, presumed %s: nothing breaks',
    (presume) => {
      const { runs, broken } = sweep(`presume: ${presume}`, 'n1');
      expect(broken).toEqual([]);
      expect(runs).toBeGreaterThan(60);
    },
  );

  it.each(['abort', 'nothing', 'commit'])(
    'of a manager, presumed %s: nothing breaks',
    (presume) => {
      for (const node of ['n2', 'n3'])
        expect(sweep(`presume: ${presume}`, node).broken).toEqual([]);
    },
  );

  it('with cooperative termination: nothing breaks', () => {
    for (const node of ['n1', 'n4'])
      expect(sweep('termination: cooperative', node).broken).toEqual([]);
  });
});

describe('how long doubt lasts', () => {
  const away = (downMs: number, trigger: string) =>
    watch(
      oneOrder(
        '',
        `faults: [{ id: crash, when: ${trigger}, kind: power-loss, target: n1, for: ${downMs}ms }]`,
      ),
    ).monitor.metrics.doubt.maxUs;
  /** All have voted; the coordinator dies before the first vote arrives. */
  const inTheWindow = '{ message: Vote, on: sent, nth: 3 }';

  it('grows with the time the coordinator is away: two-phase commit blocks', () => {
    for (const downMs of [200, 800, 1_600]) {
      const doubtUs = away(downMs, inTheWindow);
      expect(doubtUs).toBeGreaterThanOrEqual(downMs * 1_000);
      // Its restart, one more inquiry and its answer.
      expect(doubtUs).toBeLessThanOrEqual(downMs * 1_000 + 200_000 + 15_000);
    }
  });

  it('and so does the work that is blocked, whenever the coordinator dies', () => {
    const AWAY_MS = 600;
    const text = (fault: string) =>
      oneOrder('', fault)
        .replace('clients: 1', 'clients: 2')
        .replace('script:', 'script:\n  - { at: 300ms, client: c2, do: read, key: merchant }');
    const { events } = watch(text('')).result;
    const longest = { doubtUs: 0, blockedUs: 0 };
    let blockedRuns = 0;
    for (let event = 1; event <= events; event += 1) {
      const fault = `faults: [{ id: crash, when: { event: ${event} }, kind: power-loss, target: n1, for: ${AWAY_MS}ms, mayMiss: true }]`;
      const { result } = watch(text(fault));
      expect(withVerdict(result, 'violated')).toEqual([]);
      longest.doubtUs = Math.max(longest.doubtUs, figureOf(result, 'in-doubt-max'));
      longest.blockedUs = Math.max(longest.blockedUs, figureOf(result, 'blocked-max'));
      if (figureOf(result, 'blocked-requests') > 0) blockedRuns += 1;
    }
    expect(longest.doubtUs).toBeGreaterThanOrEqual(AWAY_MS * 1_000);
    expect(longest.doubtUs).toBeLessThanOrEqual(AWAY_MS * 1_000 + 200_000 + 15_000);
    // The reader came 200 ms after the order.
    expect(longest.blockedUs).toBeGreaterThanOrEqual((AWAY_MS - 200) * 1_000);
    expect(longest.blockedUs).toBeLessThanOrEqual(longest.doubtUs);
    expect(blockedRuns).toBeGreaterThan(3);
  });

  it('is short when one manager was told and all work together', () => {
    const text = (termination: string) =>
      oneOrder(
        `termination: ${termination}`,
        `faults:
  - { id: cut, at: 1ms, kind: messages, types: [Decision], from: n1, to: [n3, n4], drop: 100% }
  - { id: crash, when: { message: Decision, on: sent, nth: 1 }, kind: kill, target: n1, after: 6ms, for: 1500ms }`,
      );
    expect(watch(text('wait')).monitor.metrics.doubt.maxUs).toBeGreaterThan(1_500_000);
    expect(watch(text('cooperative')).monitor.metrics.doubt.maxUs).toBeLessThan(
      2 * 200_000 + 20_000,
    );
  });
});
