import { describe, expect, it } from 'vitest';
import type { ClientReply } from '../../../src/protocols/raft/messages.ts';
import { HandCluster } from './hand.ts';

const [S1, S2, S3] = [0, 1, 2] as const;
const lease = { reads: 'lease', checkQuorum: true, stickyLeader: true };

function led(config: Readonly<Record<string, unknown>> = {}, size = 3): HandCluster {
  const cluster = new HandCluster(size, config);
  for (const hand of cluster.hands) hand.nowUs = 1_000_000;
  cluster.campaign(S1);
  cluster.heartbeat(S1);
  cluster.heartbeat(S1);
  cluster.propose(S1, 7);
  cluster.stabilize();
  cluster.hands[S1]!.replies.length = 0;
  return cluster;
}

function read(cluster: HandCluster, id: number, call = 3): void {
  cluster.hands[id]!.step(
    99,
    { type: 'ClientRequest', session: 0, sequence: 0, f: 'read', key: 'x', value: null },
    call,
  );
}

function answers(cluster: HandCluster, id: number): Pick<ClientReply, 'status' | 'value'>[] {
  return cluster.hands[id]!.replies.map(({ reply: { status, value } }) => ({ status, value }));
}

const SEVEN = { status: 'ok', value: 7 };

describe('ReadIndex (dissertation §6.4)', () => {
  it('a follower asks in no term that it could forget (Raft Figure 2)', () => {
    const cluster = led({ followerReads: true });
    const follower = cluster.hands[S2]!;
    follower.autoSync = false;
    cluster.campaign(S3, [S3, S1]);
    cluster.heartbeat(S3);
    follower.take();
    read(cluster, S2);
    expect(follower.takeOf('ReadIndexRequest')).toEqual([]);
    follower.sync();
    expect(follower.takeOf('ReadIndexRequest')).toMatchObject([{ term: 2 }]);
  });

  it('asks a quorum, and answers without adding to the log', () => {
    const cluster = led();
    const last = cluster.hands[S1]!.raft.log.lastIndex;
    read(cluster, S1);
    expect(answers(cluster, S1)).toEqual([]);
    cluster.stabilize();
    expect(answers(cluster, S1)).toEqual([SEVEN]);
    expect(cluster.hands[S1]!.raft.log.lastIndex).toBe(last);
  });

  it('answers of messages sent before the read do not confirm it', () => {
    const cluster = led();
    cluster.hands[S1]!.timeout('heartbeat');
    cluster.collect();
    for (const letter of cluster.mail.splice(0)) cluster.deliver(letter);
    cluster.collect();
    const early = cluster.mail.splice(0);
    read(cluster, S1);
    cluster.drop();
    for (const letter of early) cluster.deliver(letter);
    expect(answers(cluster, S1)).toEqual([]);
  });

  it('one round serves all reads that arrived before it, later ones share the next', () => {
    const cluster = led();
    read(cluster, S1, 1);
    cluster.collect();
    const firstRound = cluster.mail.splice(0);
    expect(firstRound).toHaveLength(2);
    read(cluster, S1, 2);
    read(cluster, S1, 3);
    cluster.collect();
    expect(cluster.mail).toEqual([]);
    for (const letter of firstRound) cluster.deliver(letter);
    cluster.stabilize();
    expect(cluster.hands[S1]!.replies.map(({ call }) => call)).toEqual([1, 2, 3]);
  });

  it('survives a lost round: the next heartbeat confirms', () => {
    const cluster = led();
    read(cluster, S1);
    cluster.drop();
    cluster.heartbeat(S1);
    expect(answers(cluster, S1)).toEqual([SEVEN]);
  });

  it('a new leader waits until an entry of its own term is committed', () => {
    const cluster = led();
    cluster.hands[S2]!.timeout('election');
    cluster.stabilize(({ message }) => message.type.startsWith('RequestVote'));
    expect(cluster.hands[S2]!.raft.role).toBe('leader');
    cluster.drop();
    read(cluster, S2);
    expect(answers(cluster, S2)).toEqual([]);
    cluster.heartbeat(S2);
    cluster.heartbeat(S2);
    expect(answers(cluster, S2)).toEqual([SEVEN]);
  });

  it('a deposed leader sends its readers away', () => {
    const cluster = led();
    read(cluster, S1);
    cluster.drop();
    cluster.campaign(S2);
    expect(answers(cluster, S1)).toEqual([{ status: 'notLeader', value: null }]);
  });

  it('a lonely server answers at once', () => {
    const cluster = new HandCluster(1);
    cluster.hands[S1]!.timeout('election');
    read(cluster, S1);
    expect(answers(cluster, S1)).toEqual([{ status: 'ok', value: null }]);
  });
});

describe('reads at followers', () => {
  it('ask the leader for the index, and wait until it is applied here', () => {
    const cluster = led({ followerReads: true });
    cluster.propose(S1, 8);
    cluster.stabilize(cluster.between([S1, S3]));
    read(cluster, S2);
    cluster.stabilize(cluster.between([S1, S3]));
    expect(answers(cluster, S2)).toEqual([]);
    read(cluster, S2);
    cluster.stabilize(
      ({ message }) => message.type !== 'AppendEntries' || message.entries.length === 0,
    );
    expect(answers(cluster, S2)).toEqual([]);
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    expect(answers(cluster, S2)).toContainEqual({ status: 'ok', value: 8 });
  });

  it('a late answer from before a restart releases no newer read', () => {
    const cluster = led({ followerReads: true });
    read(cluster, S2);
    cluster.stabilize(({ message }) => message.type !== 'ReadIndexReply');
    const tickets = new Set<number>();
    for (let boot = 0; boot < 3; boot += 1) {
      cluster.hands[S2]!.start();
      cluster.heartbeat(S1);
      read(cluster, S2);
      for (const request of cluster.hands[S2]!.takeOf('ReadIndexRequest')) {
        expect(tickets).not.toContain(request.ticket);
        tickets.add(request.ticket);
      }
    }
    expect(tickets.size).toBe(3);
  });
});

describe('lease reads (dissertation §6.4.1)', () => {
  it('are answered at once while the lease holds', () => {
    const cluster = led(lease);
    cluster.heartbeat(S1);
    read(cluster, S1);
    expect(answers(cluster, S1)).toEqual([SEVEN]);
  });

  it('count from when the confirmed round was sent, shortened by the drift of both clocks', () => {
    const cluster = led({ ...lease, clockDriftPpm: 100_000 });
    cluster.heartbeat(S1);
    const sentUs = cluster.hands[S1]!.nowUs;
    // 150 ms * 0.9 / 1.1
    cluster.hands[S1]!.nowUs = sentUs + 122_726;
    read(cluster, S1);
    expect(answers(cluster, S1)).toHaveLength(1);
    cluster.hands[S1]!.nowUs = sentUs + 122_727;
    read(cluster, S1);
    expect(answers(cluster, S1)).toHaveLength(1);
  });

  it('fall back to asking a quorum when the lease is over', () => {
    const cluster = led(lease);
    cluster.hands[S1]!.nowUs += 200_000;
    read(cluster, S1);
    expect(answers(cluster, S1)).toEqual([]);
    cluster.stabilize();
    expect(answers(cluster, S1)).toEqual([SEVEN]);
  });

  it('end for good in a term in which another was told to campaign', () => {
    const cluster = led(lease);
    cluster.hands[S1]!.raft.requestTransfer(S2);
    cluster.drop();
    cluster.hands[S1]!.timeout('transfer');
    cluster.heartbeat(S1);
    read(cluster, S1);
    expect(answers(cluster, S1)).toEqual([]);
  });
});

describe('messages a read costs in a cluster of five', () => {
  function cost(config: Readonly<Record<string, unknown>>): number {
    const cluster = led(config, 5);
    cluster.heartbeat(S1);
    let messages = 0;
    read(cluster, S1);
    cluster.stabilize(() => {
      messages += 1;
      return true;
    });
    return messages;
  }

  it('local and lease none, ReadIndex one round, the log one round and the entry', () => {
    expect(cost({ reads: 'leaderLocal' })).toBe(0);
    expect(cost(lease)).toBe(0);
    expect(cost({ reads: 'readIndex' })).toBe(8);
    expect(cost({ reads: 'log' })).toBe(8);
  });
});
