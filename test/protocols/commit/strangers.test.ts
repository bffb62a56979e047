import { describe, expect, it } from 'vitest';

import { CommitClient, commit } from '../../../src/protocols/commit/index.ts';
import type { CommitMessage } from '../../../src/protocols/commit/messages.ts';
import { XA } from '../../../src/protocols/commit/xa.ts';
import type { OperationRequest } from '../../../src/protocols/protocol.ts';
import { figureOf, watchRun, withVerdict } from '../watch.ts';
import { oneOrder } from './harness.ts';

/** Who takes part in nothing and sends `forged` to everybody. */
function runWith(forged: readonly CommitMessage[]) {
  class Stranger extends CommitClient {
    override perform(_operation: OperationRequest, token: number): void {
      const { env, servers } = this.context;
      for (const server of servers) for (const message of forged) env.send(server, message);
      this.context.complete(token, { type: 'ok', value: null });
    }
  }
  const text = oneOrder('')
    .replace('clients: 1', 'clients: 2')
    .replace('script:', 'script:\n  - { at: 110ms, client: c2, do: read, key: x }');
  const withStranger = {
    ...commit,
    createClient: (context: Parameters<typeof commit.createClient>[0]) =>
      context.env.name === 'c2' ? new Stranger(context) : commit.createClient(context),
  };
  return watchRun(withStranger, text);
}

const LIVE = 'n1.1.1';
const UNKNOWN = 'n1.1.99';

describe('messages of somebody who takes part in nothing, while an order is under way', () => {
  it('a vote and an answer to work that was not asked for do not count', () => {
    const { result } = runWith([
      { type: 'Vote', gid: LIVE, vote: 'no' },
      { type: 'WorkReply', gid: LIVE, status: 'failed', code: XA.RBROLLBACK, amounts: {} },
      { type: 'Ack', gid: LIVE, outcome: 'abort', code: XA.OK },
    ]);
    expect(withVerdict(result, 'violated')).toEqual([]);
    expect(figureOf(result, 'committed')).toBe(1);
  });

  it('verbs for a branch that nobody has begun change nothing', () => {
    const { result, monitor } = runWith([
      { type: 'Prepare', gid: UNKNOWN, peers: [] },
      { type: 'Decision', gid: UNKNOWN, outcome: 'commit', ack: true, presumed: false },
      { type: 'OnePhase', gid: UNKNOWN },
      { type: 'Forget', gid: UNKNOWN },
      { type: 'Inquiry', gid: UNKNOWN },
    ]);
    expect(withVerdict(result, 'violated')).toEqual([]);
    expect(figureOf(result, 'committed')).toBe(1);
    // Three managers, asked in the run and once more after it: a no to the question, XAER_NOTA to both commits.
    expect(monitor.metrics.messages.get('Vote')).toBe(3 + 2 * 3);
    expect(monitor.metrics.messages.get('Ack')).toBe(3 + 2 * 6);
  });

  it('work under a name that is taken is not done a second time', () => {
    const { result } = runWith([
      {
        type: 'Work',
        gid: LIVE,
        request: 'another',
        changes: [{ account: 'x', delta: 50 }],
        reads: [],
      },
    ]);
    expect(withVerdict(result, 'violated')).toEqual([]);
    expect(figureOf(result, 'committed')).toBe(1);
  });

  it('work of which a copy comes after the branch has voted read-only does not open it again', () => {
    const { result, monitor } = runWith([
      { type: 'Work', gid: UNKNOWN, request: 'c2/9', changes: [], reads: ['untouched'] },
      { type: 'Prepare', gid: UNKNOWN, peers: [] },
      { type: 'Work', gid: UNKNOWN, request: 'c2/9', changes: [], reads: ['untouched'] },
    ]);
    expect(withVerdict(result, 'violated')).toEqual([]);
    // Each of the three managers answers the first of them, and no copy, not even the one asked after the heal.
    const without = runWith([]).monitor.metrics.messages.get('WorkReply')!;
    expect(monitor.metrics.messages.get('WorkReply')).toBe(without + 3);
  });
});
