import { describe, expect, it } from 'vitest';
import { HandCluster, entriesOf } from './hand.ts';
import { append, fill, lonelyServer } from './letters.ts';
import type { InstallSnapshot } from '../../../src/protocols/raft/messages.ts';
import { KeyValueMachine } from '../../../src/protocols/raft/state-machine.ts';

/** The snapshot of a log of plain writes up to `index`. */
function snapshotOf(
  index: number,
  term: number,
  parts: Partial<InstallSnapshot> = {},
): InstallSnapshot {
  const machine = new KeyValueMachine(0);
  for (const entry of entriesOf(new Array<number>(index).fill(term))) machine.apply(entry);
  return {
    type: 'InstallSnapshot',
    term,
    leaderId: 1,
    lastIncludedIndex: index,
    lastIncludedTerm: term,
    membership: { voters: [0, 1, 2], outgoing: null, learners: [] },
    offset: 0,
    data: machine.save(),
    done: true,
    round: 0,
    session: 1,
    ...parts,
  };
}

describe('compaction (Raft §7)', () => {
  it('drops the entries only when the snapshot is durable', () => {
    const hand = lonelyServer(3, { snapshotEvery: 3 });
    hand.autoSync = false;
    hand.step(1, append({ entries: entriesOf([1, 1, 1, 1]), leaderCommit: 3 }));
    expect(hand.raft.snapshot?.lastIncludedIndex).toBe(3);
    expect(hand.raft.log.compactedIndex).toBe(0);
    hand.sync();
    expect(hand.raft.log.compactedIndex).toBe(3);
    expect(hand.terms()).toEqual([1]);
  });

  it('a restart begins with the snapshot and goes on with the log', () => {
    const hand = lonelyServer(3, { snapshotEvery: 3 });
    fill(hand, [1, 1, 1, 1], 1, 3);
    hand.powerLoss();
    expect(hand.raft.lastApplied).toBe(3);
    expect(hand.raft.machine.read('x')).toBe('3/1');
    expect(hand.raft.log.lastIndex).toBe(4);
  });

  it('a server with an empty log after compaction still compares by the last term', () => {
    const hand = lonelyServer(3, { snapshotEvery: 3 });
    fill(hand, [1, 1, 4], 4, 3);
    expect(hand.raft.log.size).toBe(0);
    expect(hand.raft.log.lastTerm).toBe(4);
  });
});

describe('InstallSnapshot (Raft Figure 13)', () => {
  it('replaces a log that does not have its last entry', () => {
    const hand = lonelyServer(3);
    fill(hand, [1, 1], 1);
    hand.step(1, snapshotOf(5, 2));
    expect(hand.raft.log.compactedIndex).toBe(5);
    expect(hand.raft.log.lastIndex).toBe(5);
    expect(hand.raft.lastApplied).toBe(5);
    expect(hand.raft.machine.read('x')).toBe('5/2');
    expect(hand.takeOf('InstallSnapshotReply')).toMatchObject([{ installed: true }]);
  });

  it('keeps the entries after it when the log has its last entry', () => {
    const hand = lonelyServer(3);
    fill(hand, [2, 2, 2, 2], 2);
    hand.step(1, snapshotOf(3, 2));
    expect(hand.raft.log.lastIndex).toBe(4);
    expect(hand.raft.commitIndex).toBe(3);
  });

  it('is ignored when it is not ahead of what is committed', () => {
    const hand = lonelyServer(3);
    fill(hand, [2, 2, 2, 2], 2, 4);
    hand.step(1, snapshotOf(3, 2));
    expect(hand.raft.log.lastIndex).toBe(4);
    expect(hand.raft.lastApplied).toBe(4);
    expect(hand.takeOf('InstallSnapshotReply')).toMatchObject([{ installed: true }]);
  });

  it('is acknowledged only when it is on disk', () => {
    const hand = lonelyServer(3);
    fill(hand, [1], 2);
    hand.autoSync = false;
    hand.step(1, snapshotOf(5, 2));
    expect(hand.take()).toEqual([]);
    hand.sync();
    expect(hand.takeOf('InstallSnapshotReply')).toMatchObject([{ installed: true }]);
  });

  it('takes chunks in order, says where it stands, and starts over with another snapshot', () => {
    const hand = lonelyServer(3);
    const whole = snapshotOf(5, 2);
    const records = [...whole.data];
    const chunk = (from: number, to: number, parts: Partial<InstallSnapshot> = {}): number[] => {
      hand.step(
        1,
        snapshotOf(5, 2, {
          offset: from,
          data: records.slice(from, to),
          done: to >= records.length,
          ...parts,
        }),
      );
      return hand.takeOf('InstallSnapshotReply').map((reply) => reply.received);
    };
    expect(chunk(0, 1)).toEqual([1]);
    expect(chunk(5, 6, { done: false })).toEqual([1]);
    expect(chunk(1, 2, { lastIncludedIndex: 9, done: false })).toEqual([0]);
    expect(chunk(1, records.length)).toEqual([records.length]);
    expect(hand.raft.lastApplied).toBe(5);
  });

  it('brings a member that lags behind the compaction up to date, in chunks', () => {
    const cluster = new HandCluster(3, { snapshotEvery: 5, snapshotChunk: 1 });
    cluster.campaign(0);
    cluster.heartbeat(0);
    for (let value = 0; value < 12; value += 1) {
      cluster.hands[0]!.step(
        9,
        {
          type: 'ClientRequest',
          session: 0,
          sequence: 0,
          f: 'write',
          key: `k${value % 4}`,
          value,
        },
        1,
      );
      cluster.stabilize(cluster.between([0, 1]));
    }
    expect(cluster.hands[2]!.raft.log.lastIndex).toBeLessThan(3);
    for (let beat = 0; beat < 4; beat += 1) cluster.heartbeat(0);
    const [leader, , lagging] = cluster.hands;
    expect(lagging!.raft.commitIndex).toBe(leader!.raft.commitIndex);
    expect(lagging!.raft.machine.stateHash).toBe(leader!.raft.machine.stateHash);
    expect(lagging!.raft.log.compactedIndex).toBeGreaterThan(0);
    expect(cluster.violations).toEqual([]);
  });
});
