import { describe, expect, it } from 'vitest';
import { HandCluster } from './hand.ts';
import type { ClientReply } from '../../../src/protocols/raft/messages.ts';

const [S1, S2, S3, S4, S5] = [0, 1, 2, 3, 4] as const;

function broken(cluster: HandCluster): string[] {
  return cluster.violations.map((violation) => violation.invariant);
}

/** The client's messages of a call that the server answered, if it did. */
function answers(cluster: HandCluster, id: number): ClientReply['status'][] {
  return cluster.hands[id]!.replies.map(({ reply }) => reply.status);
}

describe('Figure 8: an entry of an earlier term on a majority is not yet committed', () => {
  /** (a) to (c), as far as the old entry, and not the no-op of S1's new term, is on S1, S2, S3 and S4. */
  function untilC(bug: string | null): HandCluster {
    const cluster = new HandCluster(5, { entriesPerAppend: 1, pipeline: false }, bug);
    cluster.campaign(S1);
    cluster.heartbeat(S1);
    // (a) an entry on S1 and S2 only; then S1 crashes.
    cluster.propose(S1, 'a');
    cluster.stabilize(cluster.between([S1, S2]));
    cluster.hands[S1]!.start();
    // (b) S5 is elected by S3, S4 and itself, takes another entry at the same index, and crashes.
    cluster.hands[S5]!.timeout('election');
    cluster.stabilize(({ to, message }) => to !== S1 && to !== S2 && !('entries' in message));
    expect(cluster.hands[S5]!.raft.role).toBe('leader');
    cluster.drop();
    cluster.hands[S5]!.start();
    // (c) S1 is elected again and replicates the old entry; what would carry its new one is lost.
    cluster.hands[S1]!.timeout('election');
    cluster.drop();
    cluster.hands[S1]!.timeout('election');
    cluster.drop();
    cluster.hands[S1]!.timeout('election');
    cluster.stabilize(({ from, to, message }) => {
      if (from === S5 || to === S5) return false;
      const own = cluster.hands[S1]!.raft.currentTerm;
      const carriesNew =
        message.type === 'AppendEntries' && message.entries.some((entry) => entry.term === own);
      return !carriesNew || cluster.hands[to]!.raft.log.lastIndex < 2;
    });
    expect(cluster.hands[S1]!.raft.role).toBe('leader');
    expect(cluster.terms().slice(1, 4)).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    return cluster;
  }

  it.each([
    { bug: null, commit: 0, expected: [] },
    {
      bug: 'figure-8',
      commit: 2,
      expected: ['own-term-commit', 'leader-completeness', 'committed-never-removed'],
    },
  ])(
    '(d) S5 comes back and overwrites it; planted bug $bug: $expected',
    ({ bug, commit, expected }) => {
      const cluster = untilC(bug);
      expect(cluster.hands[S1]!.raft.commitIndex).toBe(commit);
      cluster.drop();
      for (let time = 0; time < 3; time += 1) {
        cluster.hands[S5]!.timeout('election');
        cluster.drop();
      }
      cluster.campaign(S5, [S2, S3, S4, S5]);
      cluster.heartbeat(S5, [S2, S3, S4, S5]);
      expect(cluster.hands[S5]!.raft.role).toBe('leader');
      expect(cluster.hands[S3]!.raft.log.termAt(2)).toBeGreaterThan(1);
      if (bug === null) expect(broken(cluster)).toEqual([]);
      else expect(broken(cluster)).toEqual(expect.arrayContaining(expected));
    },
  );

  it('(e) once an entry of its own term is on a majority, S5 cannot win any more', () => {
    const cluster = untilC(null);
    cluster.heartbeat(S1, [S1, S2, S3]);
    cluster.heartbeat(S1, [S1, S2, S3]);
    expect(cluster.hands[S1]!.raft.commitIndex).toBe(3);
    for (let time = 0; time < 6; time += 1) cluster.campaign(S5);
    expect(cluster.hands[S5]!.raft.role).not.toBe('leader');
    expect(broken(cluster)).toEqual([]);
  });
});

describe('the stale leader of ABCDE (seed document, split brain)', () => {
  it('two leaders of different terms are no violation, and the stale one acknowledges nothing', () => {
    const cluster = new HandCluster(5);
    cluster.campaign(S2);
    cluster.heartbeat(S2);
    cluster.campaign(S5, [S3, S4, S5]);
    expect(cluster.hands[S2]!.raft.role).toBe('leader');
    expect(cluster.hands[S5]!.raft.role).toBe('leader');
    cluster.propose(S2, 'lost');
    cluster.stabilize(cluster.between([S1, S2]));
    cluster.propose(S5, 'kept');
    cluster.stabilize(cluster.between([S3, S4, S5]));
    expect(answers(cluster, S2)).toEqual([]);
    expect(answers(cluster, S5)).toEqual(['ok']);
    // Healed: the stale leader follows, cuts its entry, and its client learns that nobody knows.
    cluster.heartbeat(S5);
    cluster.heartbeat(S5);
    expect(cluster.hands[S2]!.raft.role).toBe('follower');
    expect(answers(cluster, S2)).toEqual(['unknown']);
    const last = cluster.hands[S2]!.raft.log.lastIndex;
    expect(cluster.hands[S2]!.raft.log.at(last)!.command?.value).toBe('kept');
    expect(broken(cluster)).toEqual([]);
  });

  it('a read at the stale leader waits for a quorum that does not come', () => {
    const cluster = new HandCluster(5);
    cluster.campaign(S2);
    cluster.heartbeat(S2);
    cluster.campaign(S5, [S3, S4, S5]);
    cluster.hands[S2]!.step(
      99,
      { type: 'ClientRequest', session: 0, sequence: 0, f: 'read', key: 'x', value: null },
      7,
    );
    cluster.stabilize(cluster.between([S1, S2]));
    expect(answers(cluster, S2)).toEqual([]);
    cluster.heartbeat(S5);
    expect(answers(cluster, S2)).toEqual(['notLeader']);
  });
});

describe('the election stories of the seed document', () => {
  it('A and B campaign, C hears A first: B is refused and follows A at its first heartbeat', () => {
    const cluster = new HandCluster(3);
    const [A, B, C] = [0, 1, 2] as const;
    cluster.hands[A]!.timeout('election');
    cluster.hands[B]!.timeout('election');
    cluster.collect();
    const fromA = cluster.mail.filter(({ from, to }) => from === A && to === C);
    const fromB = cluster.mail.filter(({ from, to }) => from === B && to === C);
    for (const letter of [...fromA, ...fromB]) cluster.deliver(letter);
    cluster.mail = [];
    cluster.collect();
    expect(
      cluster.mail.map(({ to, message }) => [
        to,
        message.type === 'RequestVoteReply' && message.voteGranted,
      ]),
    ).toEqual([
      [A, true],
      [B, false],
    ]);
    for (const letter of cluster.mail.splice(0)) cluster.deliver(letter);
    expect(cluster.hands[A]!.raft.role).toBe('leader');
    expect(cluster.hands[B]!.raft.role).toBe('candidate');
    cluster.stabilize();
    expect(cluster.hands[B]!.raft.role).toBe('follower');
    expect(cluster.hands[B]!.raft.leaderId).toBe(A);
  });

  it('of four servers C and D get two votes each: the term has no leader, a later one has', () => {
    const cluster = new HandCluster(4);
    const [A, B, C, D] = [0, 1, 2, 3] as const;
    cluster.hands[C]!.timeout('election');
    cluster.hands[D]!.timeout('election');
    cluster.stabilize(
      ({ from, to }) =>
        [A, D].every((id) => [from, to].includes(id)) ||
        [B, C].every((id) => [from, to].includes(id)),
    );
    expect(cluster.hands.map((hand) => hand.raft.role)).not.toContain('leader');
    expect(cluster.hands.map((hand) => hand.raft.currentTerm)).toEqual([1, 1, 1, 1]);
    cluster.campaign(C);
    expect(cluster.hands[C]!.raft.role).toBe('leader');
    expect(cluster.hands[C]!.raft.currentTerm).toBe(2);
    expect(broken(cluster)).toEqual([]);
  });
});

describe('membership scripts', () => {
  /** Ongaro, raft-dev, July 2015: S1 adds S5 in term 1, S2 removes S4 in term 2, S1 comes back in term 3. */
  function twoLeadersChange(bug: string | null): { cluster: HandCluster; refused: string | null } {
    const cluster = new HandCluster(5, { voters: 4, learners: 1 }, bug);
    cluster.campaign(S1, [S1, S2, S3, S4]);
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    const added = cluster.hands[S1]!.raft.requestMembership([S1, S2, S3, S4, S5], []);
    expect(added).toBeNull();
    cluster.hands[S1]!.settle();
    cluster.stabilize(cluster.between([S1, S5]));
    cluster.hands[S2]!.timeout('election');
    cluster.stabilize((letter) => {
      const elects =
        letter.message.type === 'RequestVote' || letter.message.type === 'RequestVoteReply';
      return elects && cluster.between([S2, S3, S4])(letter);
    });
    expect(cluster.hands[S2]!.raft.role).toBe('leader');
    cluster.drop();
    const refused = cluster.hands[S2]!.raft.requestMembership([S1, S2, S3], []);
    cluster.hands[S2]!.settle();
    return { cluster, refused };
  }

  it('a leader must not change the membership before an entry of its term is committed', () => {
    const { cluster, refused } = twoLeadersChange(null);
    expect(refused).toBe('no entry of this term is committed yet');
    expect(broken(cluster)).toEqual([]);
  });

  it('with that rule missing a committed entry gets lost', () => {
    const { cluster, refused } = twoLeadersChange('change-before-own-term-commit');
    expect(refused).toBeNull();
    cluster.heartbeat(S2, [S2, S3]);
    cluster.heartbeat(S2, [S2, S3]);
    expect(cluster.hands[S2]!.raft.commitIndex).toBe(cluster.hands[S2]!.raft.log.lastIndex);
    cluster.drop();
    // S1 restarts; S4 and S5 vote with it by the five-server membership that never was committed.
    cluster.hands[S1]!.start();
    cluster.hands[S1]!.timeout('election');
    cluster.drop();
    cluster.hands[S1]!.timeout('election');
    cluster.drop();
    cluster.campaign(S1, [S1, S4, S5]);
    expect(cluster.hands[S1]!.raft.role).toBe('leader');
    expect(broken(cluster)).toEqual(
      expect.arrayContaining(['membership-change-rules', 'leader-completeness']),
    );
  });

  it('an acknowledgement from before a member was removed and added again is not counted (etcd raft#349)', () => {
    for (const { bug, counted } of [
      { bug: null, counted: false },
      { bug: 'ack-of-earlier-session-counted', counted: true },
    ]) {
      const cluster = new HandCluster(3, {}, bug);
      cluster.campaign(S1);
      cluster.heartbeat(S1);
      const leader = cluster.hands[S1]!;
      const among = cluster.between([S1, S2]);
      cluster.propose(S1, 'a');
      cluster.collect();
      for (const letter of cluster.mail.splice(0)) cluster.deliver(letter);
      cluster.collect();
      const late = cluster.mail.filter(({ from }) => from === S3);
      for (const letter of cluster.mail.filter(({ from }) => from === S2)) cluster.deliver(letter);
      cluster.mail = [];
      expect(leader.raft.requestMembership([S1, S2], [])).toBeNull();
      leader.settle();
      cluster.stabilize(among);
      expect(leader.raft.requestMembership([S1, S2], [S3])).toBeNull();
      leader.settle();
      cluster.stabilize(among);
      expect(leader.raft.progress[S3]!.matchIndex).toBe(0);
      for (const letter of late) cluster.deliver(letter);
      expect(leader.raft.progress[S3]!.matchIndex > 0).toBe(counted);
    }
  });

  it('a leader that removes itself leads until the change is committed, without counting itself', () => {
    const cluster = new HandCluster(3);
    cluster.campaign(S1);
    cluster.heartbeat(S1);
    const leader = cluster.hands[S1]!;
    expect(leader.raft.requestMembership([S2, S3], [])).toBeNull();
    leader.settle();
    cluster.stabilize(cluster.between([S1, S2]));
    expect(leader.raft.role).toBe('leader');
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    expect(leader.raft.role).toBe('follower');
    expect(leader.timers.has('election')).toBe(false);
    cluster.campaign(S2, [S2, S3]);
    expect(cluster.hands[S2]!.raft.role).toBe('leader');
    expect(broken(cluster)).toEqual([]);
  });

  it('a joint change needs both majorities, and the leader ends it by itself', () => {
    const cluster = new HandCluster(5, { voters: 3, learners: 2, membershipChange: 'joint' });
    cluster.campaign(S1, [S1, S2, S3]);
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    const leader = cluster.hands[S1]!;
    expect(leader.raft.requestMembership([S1, S4, S5], [])).toBeNull();
    leader.settle();
    cluster.stabilize(cluster.between([S1, S4, S5]));
    expect(leader.raft.membership.outgoing).toEqual([S1, S2, S3]);
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    expect(leader.raft.membership).toMatchObject({ voters: [S1, S4, S5], outgoing: null });
    expect(broken(cluster)).toEqual([]);
  });

  it('with autoLeave off the joint phase stays until it is left explicitly', () => {
    const cluster = new HandCluster(3, {
      voters: 2,
      learners: 1,
      membershipChange: 'joint',
      autoLeave: false,
    });
    cluster.campaign(S1, [S1, S2]);
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    const leader = cluster.hands[S1]!;
    expect(leader.raft.requestMembership([S1, S2, S3], [])).toBeNull();
    leader.settle();
    cluster.stabilize();
    expect(leader.raft.membership.outgoing).toEqual([S1, S2]);
    expect(leader.raft.requestMembership([S1, S2], [])).toBe('a joint phase is under way');
    leader.step(99, { type: 'LeaveJoint' }, 5);
    cluster.stabilize();
    expect(leader.raft.membership.outgoing).toBeNull();
  });
});

describe('leadership transfer (dissertation §3.10)', () => {
  it('tells a target that is up to date to campaign, and it wins against a leader that everybody hears', () => {
    const cluster = new HandCluster(3, { stickyLeader: true, checkQuorum: true });
    cluster.hands.forEach((hand) => (hand.nowUs = 1_000_000));
    cluster.campaign(S1);
    cluster.heartbeat(S1);
    expect(cluster.hands[S1]!.raft.requestTransfer(S2)).toBe(true);
    cluster.stabilize();
    expect(cluster.hands[S2]!.raft.role).toBe('leader');
    expect(cluster.hands[S1]!.raft.role).toBe('follower');
  });

  it('refuses proposals meanwhile, and serves again when the target does not take over', () => {
    const cluster = new HandCluster(3);
    cluster.campaign(S1);
    cluster.heartbeat(S1);
    cluster.hands[S1]!.raft.requestTransfer(S2);
    cluster.drop();
    cluster.propose(S1, 'a');
    expect(answers(cluster, S1)).toEqual(['busy']);
    cluster.hands[S1]!.timeout('transfer');
    cluster.propose(S1, 'b');
    cluster.stabilize();
    expect(answers(cluster, S1)).toEqual(['busy', 'ok']);
  });

  it('waits for a slow target to catch up', () => {
    const cluster = new HandCluster(3);
    cluster.campaign(S1);
    cluster.heartbeat(S1);
    cluster.propose(S1, 'a');
    cluster.stabilize(cluster.between([S1, S3]));
    cluster.hands[S1]!.raft.requestTransfer(S2);
    cluster.collect();
    expect(cluster.mail.map(({ message }) => message.type)).not.toContain('TimeoutNow');
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    expect(cluster.hands[S2]!.raft.role).toBe('leader');
  });
});
