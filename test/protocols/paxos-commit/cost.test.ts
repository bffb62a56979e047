import { describe, expect, it } from 'vitest';

import { commit } from '../../../src/protocols/commit/index.ts';
import { oneOrder as twoPhaseOrder } from '../commit/harness.ts';
import { watchRun } from '../watch.ts';
import { oneOrder, watch } from './one-order.ts';

const MANAGERS = 3;
const SYNC_AND_LATENCY = { latencyUs: 5_000, syncUs: 1_000 };
/** What the client and the work cost, which is no part of the protocols' tables. */
const NOT_COUNTED = ['Begin', 'BeginReply', 'Work', 'WorkReply', 'Ack', 'Read', 'ReadReply'];

function count(messages: ReadonlyMap<string, number>): number {
  return [...messages].reduce(
    (sum, [type, sent]) => (NOT_COUNTED.includes(type) ? sum : sum + sent),
    0,
  );
}

// The paper's abstract was read: one message delay more than two-phase commit, the same delay for stable storage, and
// two-phase commit is F = 0. Its table (messages NF + F + 3N - 1, stable writes N + F + 1) is remembered, and derived here
// from the rules: there a manager begins the transaction and saves one message, here the client does.
describe('what Paxos Commit costs without faults, over three updating managers', () => {
  it.each([0, 1, 2])(
    'F = %i: NF + F + 3N messages and N + F + 1 forced writes before the decision',
    (f) => {
      const { monitor } = watch(oneOrder(f));
      const { messages } = monitor.metrics;
      expect(count(messages)).toBe(MANAGERS * f + f + 3 * MANAGERS);
      expect(messages.get('Vote')).toBe(MANAGERS * (f + 1));
      expect(messages.get('Accepted') ?? 0).toBe(f);
      const group = Array.from({ length: 2 * f + 1 }, (_, node) => monitor.logs.get(node)!.forces);
      expect(group).toEqual(group.map((_, index) => (index <= f ? 1 : 0)));
      const managers = [0, 1, 2].map((index) => monitor.logs.get(2 * f + 1 + index)!.forces);
      // One for the yes, one for the outcome before its acknowledgement, as in two-phase commit.
      expect(managers).toEqual([2, 2, 2]);
    },
  );

  it('with F = 0 sends what two-phase commit with presumed abort sends, type by type', () => {
    const paxos = watch(oneOrder(0)).monitor.metrics.messages;
    const twoPhase = watchRun(commit, twoPhaseOrder('')).monitor.metrics.messages;
    expect(Object.fromEntries(paxos)).toEqual(Object.fromEntries(twoPhase));
  });

  it('with F = 0 aborts with the messages of two-phase commit, too', () => {
    const overdraft = (text: string) => text.replace('price: 7', 'price: 700');
    const paxos = watch(overdraft(oneOrder(0))).monitor.metrics.messages;
    const twoPhase = watchRun(commit, overdraft(twoPhaseOrder(''))).monitor.metrics.messages;
    expect(Object.fromEntries(paxos)).toEqual(Object.fromEntries(twoPhase));
  });

  it('needs one message delay more than two-phase commit when F > 0, and no disk write more in a row', () => {
    const latencyUs = (result: ReturnType<typeof watch>['result']): number => {
      const [order] = result.history.operations();
      return order!.completeTimeUs - order!.invokeTimeUs;
    };
    const twoPhaseUs = latencyUs(watchRun(commit, twoPhaseOrder('')).result);
    expect(latencyUs(watch(oneOrder(0)).result)).toBe(twoPhaseUs);
    for (const f of [1, 2])
      expect(latencyUs(watch(oneOrder(f)).result)).toBe(twoPhaseUs + SYNC_AND_LATENCY.latencyUs);
  });
});
