import { describe, expect, it } from 'vitest';
import { append, elect, fill, lonelyServer, requestVote, vote } from './letters.ts';

describe('terms (Raft §5.1)', () => {
  it.each(['follower', 'candidate', 'leader'] as const)(
    'a %s that sees a higher term adopts it and follows',
    (role) => {
      const hand = lonelyServer(3);
      if (role !== 'follower') hand.timeout('election');
      if (role === 'leader') hand.step(1, vote(1));
      expect(hand.raft.role).toBe(role);
      hand.step(2, append({ term: 7, leaderId: 2 }));
      expect(hand.raft.role).toBe('follower');
      expect(hand.raft.currentTerm).toBe(7);
      expect(hand.raft.leaderId).toBe(2);
    },
  );

  it('a message of an earlier term is refused, and the refusal teaches the term', () => {
    const hand = lonelyServer(3);
    fill(hand, [1], 3);
    hand.step(2, append({ term: 2, leaderId: 2 }));
    expect(hand.takeOf('AppendEntriesReply')).toMatchObject([{ term: 3, success: false }]);
    hand.step(2, requestVote({ term: 2, candidateId: 2, lastLogIndex: 9, lastLogTerm: 2 }));
    expect(hand.takeOf('RequestVoteReply')).toMatchObject([{ term: 3, voteGranted: false }]);
  });

  it('a leader whose message is refused with a higher term steps down', () => {
    const hand = lonelyServer(3);
    elect(hand, 1);
    hand.step(1, {
      type: 'AppendEntriesReply',
      term: 9,
      success: false,
      matchIndex: 0,
      rejectedIndex: 0,
      conflictTerm: 0,
      conflictIndex: 1,
      round: 0,
      session: 0,
    });
    expect(hand.raft.role).toBe('follower');
    expect(hand.raft.currentTerm).toBe(9);
  });
});

describe('leader election (Raft §5.2)', () => {
  it('every server starts as a follower of nobody', () => {
    const hand = lonelyServer(3);
    expect(hand.raft.role).toBe('follower');
    expect(hand.raft.leaderId).toBeNull();
    expect(hand.timers.has('election')).toBe(true);
  });

  it('a timeout makes a follower a candidate of the next term that votes for itself and asks all others', () => {
    const hand = lonelyServer(5);
    hand.timeout('election');
    expect(hand.raft.role).toBe('candidate');
    expect(hand.raft.currentTerm).toBe(1);
    expect(hand.raft.votedFor).toBe(0);
    const letters = hand.take();
    expect(letters.map(({ to }) => to)).toEqual([1, 2, 3, 4]);
    expect(new Set(letters.map(({ message }) => message.type))).toEqual(new Set(['RequestVote']));
  });

  it('a candidate whose election comes to nothing campaigns again in the next term', () => {
    const hand = lonelyServer(3);
    hand.timeout('election');
    hand.timeout('election');
    expect(hand.raft.role).toBe('candidate');
    expect(hand.raft.currentTerm).toBe(2);
  });

  it.each([
    { size: 1, granted: 0, refused: 0, role: 'leader' },
    { size: 3, granted: 1, refused: 0, role: 'leader' },
    { size: 3, granted: 1, refused: 1, role: 'leader' },
    { size: 3, granted: 0, refused: 2, role: 'candidate' },
    { size: 4, granted: 1, refused: 0, role: 'candidate' },
    { size: 4, granted: 2, refused: 0, role: 'leader' },
    { size: 5, granted: 1, refused: 2, role: 'candidate' },
    { size: 5, granted: 2, refused: 2, role: 'leader' },
    { size: 7, granted: 2, refused: 4, role: 'candidate' },
    { size: 7, granted: 3, refused: 0, role: 'leader' },
  ])(
    'of $size servers, with $granted votes of others and $refused refusals: $role',
    ({ size, granted, refused, role }) => {
      const hand = lonelyServer(size);
      hand.timeout('election');
      for (let voter = 1; voter <= granted + refused; voter += 1)
        hand.step(voter, vote(1, voter <= granted));
      expect(hand.raft.role).toBe(role);
    },
  );

  it('a repeated vote counts once', () => {
    const hand = lonelyServer(5);
    hand.timeout('election');
    for (let time = 0; time < 4; time += 1) hand.step(1, vote(1));
    expect(hand.raft.role).toBe('candidate');
  });

  it('a vote of an earlier term does not count', () => {
    const hand = lonelyServer(3);
    hand.timeout('election');
    hand.timeout('election');
    hand.step(1, vote(1));
    expect(hand.raft.role).toBe('candidate');
  });

  it('a server votes for the first candidate that asks, again for the same, and for no other', () => {
    const hand = lonelyServer(3);
    hand.step(1, requestVote({ candidateId: 1 }));
    hand.step(2, requestVote({ candidateId: 2 }));
    hand.step(1, requestVote({ candidateId: 1 }));
    expect(hand.takeOf('RequestVoteReply').map((reply) => reply.voteGranted)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('the vote survives a power loss', () => {
    const hand = lonelyServer(3);
    hand.step(1, requestVote({ candidateId: 1 }));
    hand.powerLoss();
    hand.take();
    hand.step(2, requestVote({ candidateId: 2 }));
    expect(hand.takeOf('RequestVoteReply')).toMatchObject([{ voteGranted: false }]);
  });

  it('the vote is told only after the sync that makes it durable', () => {
    const hand = lonelyServer(3);
    hand.autoSync = false;
    hand.step(1, requestVote({ candidateId: 1 }));
    expect(hand.take()).toEqual([]);
    hand.sync();
    expect(hand.takeOf('RequestVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  it('a candidate asks for votes, and counts its own, only after its vote for itself is durable', () => {
    const hand = lonelyServer(1);
    hand.autoSync = false;
    hand.timeout('election');
    expect(hand.raft.role).toBe('candidate');
    hand.sync();
    expect(hand.raft.role).toBe('leader');
  });

  it('a failed sync stops the server', () => {
    const hand = lonelyServer(3);
    hand.autoSync = false;
    hand.step(1, requestVote({ candidateId: 1 }));
    expect(() => {
      hand.sync('io-error');
    }).toThrow(/fsync failed \(io-error\)/);
    expect(hand.take()).toEqual([]);
  });

  it('a candidate that hears the leader of its own term follows it', () => {
    const hand = lonelyServer(3);
    hand.timeout('election');
    hand.step(2, append({ term: 1, leaderId: 2 }));
    expect(hand.raft.role).toBe('follower');
    expect(hand.raft.leaderId).toBe(2);
  });

  it('the winner tells everybody at once', () => {
    const hand = lonelyServer(3);
    hand.timeout('election');
    hand.take();
    hand.step(1, vote(1));
    const letters = hand.take();
    expect(letters.map(({ to }) => to).sort((a, b) => a - b)).toContain(2);
    expect(letters.every(({ message }) => message.type === 'AppendEntries')).toBe(true);
  });

  it('timeouts are drawn from all of [min, max)', () => {
    const hand = lonelyServer(3, { electionTimeout: ['10us', '20us'], heartbeat: '3us' });
    const seen = new Set<number>();
    for (let time = 0; time < 500; time += 1) {
      seen.add(hand.timers.get('election')!);
      hand.timeout('election');
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  });
});

describe('the election restriction (Raft §5.4.1)', () => {
  it.each([
    { own: [1], index: 1, term: 1, granted: true },
    { own: [1], index: 2, term: 1, granted: true },
    { own: [1, 1], index: 1, term: 1, granted: false },
    { own: [1], index: 1, term: 2, granted: true },
    { own: [1, 1], index: 1, term: 2, granted: true },
    { own: [2], index: 1, term: 1, granted: false },
    { own: [2], index: 2, term: 1, granted: false },
    { own: [1, 2], index: 9, term: 1, granted: false },
  ])(
    'a voter with log $own answers a candidate whose log ends at $index with term $term: $granted',
    ({ own, index, term, granted }) => {
      const hand = lonelyServer(3);
      fill(hand, own, 3);
      hand.step(
        2,
        requestVote({ term: 4, candidateId: 2, lastLogIndex: index, lastLogTerm: term }),
      );
      expect(hand.takeOf('RequestVoteReply')).toMatchObject([{ voteGranted: granted }]);
    },
  );

  it('a vote request says where the log ends', () => {
    const hand = lonelyServer(3);
    fill(hand, [1, 2, 2], 2);
    hand.timeout('election');
    expect(hand.takeOf('RequestVote')[0]).toMatchObject({
      term: 3,
      lastLogIndex: 3,
      lastLogTerm: 2,
    });
  });
});

describe('pre-vote (dissertation §9.6)', () => {
  it('asks first, and raises the term only when a majority would vote', () => {
    const hand = lonelyServer(3, { preVote: true });
    hand.timeout('election');
    expect(hand.raft.currentTerm).toBe(0);
    expect(hand.raft.role).toBe('preCandidate');
    hand.step(1, { type: 'RequestPreVoteReply', term: 0, proposedTerm: 1, voteGranted: true });
    expect(hand.raft.role).toBe('candidate');
    expect(hand.raft.currentTerm).toBe(1);
  });

  it('changes nothing at the server that is asked', () => {
    const hand = lonelyServer(3, { preVote: true });
    const timer = hand.timers.get('election');
    hand.step(1, {
      type: 'RequestPreVote',
      term: 5,
      candidateId: 1,
      lastLogIndex: 0,
      lastLogTerm: 0,
    });
    expect(hand.takeOf('RequestPreVoteReply')).toMatchObject([{ term: 0, voteGranted: true }]);
    expect(hand.raft.currentTerm).toBe(0);
    expect(hand.raft.votedFor).toBeNull();
    expect(hand.timers.get('election')).toBe(timer);
  });

  it('is refused while a leader is heard', () => {
    const hand = lonelyServer(3, { preVote: true });
    fill(hand, [1], 1);
    hand.step(2, {
      type: 'RequestPreVote',
      term: 2,
      candidateId: 2,
      lastLogIndex: 9,
      lastLogTerm: 1,
    });
    expect(hand.takeOf('RequestPreVoteReply')).toMatchObject([{ voteGranted: false }]);
  });

  it('a refusal from a later term teaches that term (etcd#8501)', () => {
    const hand = lonelyServer(3, { preVote: true });
    hand.timeout('election');
    hand.step(1, { type: 'RequestPreVoteReply', term: 8, proposedTerm: 1, voteGranted: false });
    expect(hand.raft.currentTerm).toBe(8);
    expect(hand.raft.role).toBe('follower');
  });
});

describe('protecting a leader (dissertation §4.2.3, §6.2)', () => {
  it('a server that hears a leader ignores vote requests, and does not learn their term', () => {
    const hand = lonelyServer(3, { stickyLeader: true });
    fill(hand, [1], 1);
    hand.step(2, requestVote({ term: 5, candidateId: 2, lastLogIndex: 9, lastLogTerm: 4 }));
    expect(hand.take()).toEqual([]);
    expect(hand.raft.currentTerm).toBe(1);
  });

  it('it votes when the leader itself asked for the election', () => {
    const hand = lonelyServer(3, { stickyLeader: true });
    fill(hand, [1], 1);
    hand.step(
      2,
      requestVote({
        term: 2,
        candidateId: 2,
        lastLogIndex: 1,
        lastLogTerm: 1,
        leadershipTransfer: true,
      }),
    );
    expect(hand.takeOf('RequestVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  it('it votes when the leader has been silent for the minimum election timeout', () => {
    const hand = lonelyServer(3, { stickyLeader: true });
    fill(hand, [1], 1);
    hand.nowUs += 150_000;
    hand.step(2, requestVote({ term: 2, candidateId: 2, lastLogIndex: 1, lastLogTerm: 1 }));
    expect(hand.takeOf('RequestVoteReply')).toMatchObject([{ voteGranted: true }]);
  });

  it('a restarted server first waits as if it had just heard a leader: some lease may rest on it', () => {
    const hand = lonelyServer(3, { stickyLeader: true });
    hand.powerLoss();
    hand.step(2, requestVote({ term: 2, candidateId: 2 }));
    expect(hand.take()).toEqual([]);
  });

  it('a leader that no quorum answers steps down at the second check', () => {
    const hand = lonelyServer(3, { checkQuorum: true });
    elect(hand, 1);
    hand.timeout('checkQuorum');
    expect(hand.raft.role).toBe('leader');
    hand.timeout('checkQuorum');
    expect(hand.raft.role).toBe('follower');
    expect(hand.raft.currentTerm).toBe(1);
  });
});

describe('a slow disk', () => {
  it('a campaign that was lost while its vote went to disk asks for no votes any more', () => {
    const hand = lonelyServer(3);
    hand.autoSync = false;
    hand.timeout('election');
    hand.step(2, append({ term: 1, leaderId: 2 }));
    hand.sync();
    expect(hand.take().map(({ message }) => message.type)).toEqual(['AppendEntriesReply']);
  });
});
