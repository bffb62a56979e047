import { describe, expect, it } from 'vitest';

import type { CommitMonitor } from '../../../src/protocols/commit/monitor.ts';
import type { Watched } from '../watch.ts';
import { oneOrder, watch } from './harness.ts';

const KILLED_BEFORE_VOTE = `
faults:
  - { id: k, when: { message: Prepare, to: n3, on: sent }, kind: kill, target: n3, for: 1ms }`;

/** What one transaction cost: records and forced writes at the coordinator and per yes-voter, messages. */
function cost({ monitor }: Watched<CommitMonitor>): Record<string, unknown> {
  const log = (node: number) => [monitor.logs.get(node)!.records, monitor.logs.get(node)!.forces];
  const { messages } = monitor.metrics;
  const count = (type: string) => messages.get(type) ?? 0;
  return {
    coordinator: log(0),
    voter: log(1),
    messages: [count('Prepare'), count('Vote'), count('Decision'), count('Ack')],
  };
}

// The table of Lampson & Lomet 1993 and Mohan, Lindsay & Obermarck 1986 for updating branches, as cited in
// locks-tx-mq a.4. It was re-derived from the protocols' rules; the papers themselves could not be fetched.
describe('what a commit costs without faults, over three updating managers', () => {
  it.each([
    ['nothing', [2, 1], [2, 2], [3, 3, 3, 3]],
    ['abort', [2, 1], [2, 2], [3, 3, 3, 3]],
    ['commit', [2, 2], [2, 1], [3, 3, 3, 0]],
  ])(
    'presumed %s: coordinator %j, manager %j (records, forced)',
    (presume, coordinator, voter, messages) => {
      expect(cost(watch(oneOrder(`presume: ${presume}`)))).toEqual({
        coordinator,
        voter,
        messages,
      });
    },
  );
});

describe('what an abort costs a manager that voted yes, when another votes no', () => {
  it.each([
    ['nothing', [2, 1], [2, 2], [3, 3, 2, 2]],
    ['abort', [0, 0], [2, 1], [3, 3, 2, 0]],
    ['commit', [2, 1], [2, 2], [3, 3, 2, 2]],
  ])(
    'presumed %s: coordinator %j, manager %j (records, forced)',
    (presume, coordinator, voter, messages) => {
      expect(cost(watch(oneOrder(`presume: ${presume}`, KILLED_BEFORE_VOTE)))).toEqual({
        coordinator,
        voter,
        messages,
      });
    },
  );
});

describe('optimizations', () => {
  it('a read-only transaction forces nothing and has no second phase', () => {
    const text = oneOrder('').replace(
      'do: order, key: x, value: { price: 7 }',
      'do: audit, key: x, value: [x, y, z]',
    );
    const { monitor, result } = watch(text);
    expect(result.operations.get('audit')?.ok).toBe(1);
    expect([0, 1, 2, 3].map((node) => monitor.logs.get(node)!.forces)).toEqual([0, 0, 0, 0]);
    expect(monitor.metrics.messages.get('Decision')).toBeUndefined();
  });

  it('a transaction with one manager is committed in one phase with one forced write', () => {
    const text = oneOrder('').replace(
      'do: order, key: x, value: { price: 7 }',
      'do: transfer, key: x, value: { to: u, amount: 1 }',
    );
    const { monitor } = watch(text);
    expect(monitor.metrics.messages.get('Prepare')).toBeUndefined();
    expect([0, 1, 2, 3].map((node) => monitor.logs.get(node)!.forces)).toEqual([0, 1, 0, 0]);
  });
});
