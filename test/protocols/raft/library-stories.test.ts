import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../src/sim/engine/random.ts';
import { Progress } from '../../../src/protocols/raft/progress.ts';
import type { RaftMessage } from '../../../src/protocols/raft/messages.ts';
import { HandCluster } from './hand.ts';
import type { Hand } from './hand.ts';
import { accepted, append, elect, fill, lonelyServer, requestVote, vote } from './letters.ts';

// Behaviours that etcd-io/raft (the paper's sections and more), raft-rs and openraft test, told to our servers.

const [S1, S2, S3] = [0, 1, 2] as const;
const SAFE = { checkQuorum: true, stickyLeader: true };

type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';

/** Server 0 of three, in the given role and term 1 (a pre-candidate: 0). */
function inRole(role: Role): Hand {
  const hand = lonelyServer(3, role === 'preCandidate' ? { preVote: true } : {});
  if (role === 'follower') hand.step(1, append({ term: 1 }));
  else hand.timeout('election');
  if (role === 'leader') hand.step(1, vote(1));
  expect(hand.raft.role).toBe(role);
  hand.nowUs = 1_000_000;
  hand.take();
  return hand;
}

function led(size: number, config: Readonly<Record<string, unknown>> = {}): HandCluster {
  const cluster = new HandCluster(size, config);
  for (const hand of cluster.hands) hand.nowUs = 1_000_000;
  cluster.campaign(S1);
  cluster.heartbeat(S1);
  cluster.heartbeat(S1);
  return cluster;
}

function pass(cluster: HandCluster, us: number): void {
  for (const hand of cluster.hands) hand.nowUs += us;
}

function read(hand: Hand): void {
  hand.step(
    99,
    { type: 'ClientRequest', session: 0, sequence: 0, f: 'read', key: 'x', value: null },
    7,
  );
}

const ROLES: readonly Role[] = ['follower', 'preCandidate', 'candidate', 'leader'];
const snapshotReply = { received: 0, installed: false, round: 0, session: 0 };

/** Whatever says a term, saying 9. */
const LETTERS: readonly RaftMessage[] = [
  append({ term: 9, leaderId: 2 }),
  accepted(append({ term: 9 }), { success: false }),
  requestVote({ term: 9, candidateId: 2 }),
  vote(9, false),
  { type: 'RequestPreVoteReply', term: 9, proposedTerm: 1, voteGranted: false },
  { type: 'InstallSnapshotReply', term: 9, lastIncludedIndex: 0, ...snapshotReply },
];

describe('terms and roles', () => {
  it.each(ROLES)('a %s follows in the higher term that any message tells', (role) => {
    for (const letter of LETTERS) {
      const hand = inRole(role);
      hand.step(2, letter);
      expect([letter.type, hand.raft.role, hand.raft.currentTerm]).toEqual([
        letter.type,
        'follower',
        9,
      ]);
    }
  });

  it.each(ROLES)(
    'a %s votes in a higher term, and would vote without changing anything',
    (role) => {
      const asked = inRole(role);
      const { currentTerm } = asked.raft;
      asked.step(1, {
        type: 'RequestPreVote',
        term: 9,
        candidateId: 1,
        lastLogIndex: 9,
        lastLogTerm: 1,
      });
      // A leader would lose nothing by it, but it is heard.
      expect(asked.takeOf('RequestPreVoteReply')).toMatchObject([
        { voteGranted: role !== 'leader' },
      ]);
      expect([asked.raft.role, asked.raft.currentTerm]).toEqual([role, currentTerm]);
      asked.step(1, requestVote({ term: 9, lastLogIndex: 9, lastLogTerm: 1 }));
      expect(asked.takeOf('RequestVoteReply')).toMatchObject([{ voteGranted: true, term: 9 }]);
      expect([asked.raft.role, asked.raft.votedFor]).toEqual(['follower', 1]);
    },
  );

  it('a leader tells all others at each heartbeat, with its term and no entries', () => {
    const cluster = led(5);
    cluster.hands[S1]!.timeout('heartbeat');
    const letters = cluster.hands[S1]!.take();
    expect(letters.map(({ to }) => to)).toEqual([1, 2, 3, 4]);
    for (const { message } of letters)
      expect(message).toMatchObject({ type: 'AppendEntries', term: 1, entries: [] });
  });

  it('of one to seven servers more than half elect, however the others answer', () => {
    for (let size = 1; size <= 7; size += 1)
      for (let granted = 0; granted < size; granted += 1)
        for (let refused = 0; granted + refused < size; refused += 1) {
          const hand = lonelyServer(size);
          hand.timeout('election');
          for (let voter = 1; voter <= granted + refused; voter += 1)
            hand.step(voter, vote(1, voter > refused));
          const won = (granted + 1) * 2 > size;
          expect([size, granted, refused, hand.raft.role]).toEqual([
            size,
            granted,
            refused,
            won ? 'leader' : 'candidate',
          ]);
        }
  });

  it.each(['followers', 'candidates'])(
    'timeouts of five %s seldom meet: in at most three of ten rounds two come first together',
    (role) => {
      const timeouts = { electionTimeout: ['10ms', '20ms'], heartbeat: '3ms' };
      const { hands } = new HandCluster(5, timeouts);
      const rounds = 1_000;
      let conflicts = 0;
      for (let round = 0; round < rounds; round += 1) {
        const ticks = hands.map((hand) => {
          if (role === 'candidates') hand.timeout('election');
          else hand.step(hand.raft.id === S1 ? S2 : S1, append({ term: 1, leaderId: S2 }));
          hand.take();
          return Math.floor(hand.timers.get('election')! / 1_000);
        });
        const first = Math.min(...ticks);
        if (ticks.filter((tick) => tick === first).length > 1) conflicts += 1;
      }
      expect(conflicts).toBeGreaterThan(0);
      expect(conflicts / rounds).toBeLessThanOrEqual(0.3);
    },
  );
});

describe('what a quorum holds', () => {
  it.each([[[]], [[2]], [[1, 2]], [[1]]])(
    'entries %j of earlier terms are committed with the first of the own term',
    (terms) => {
      const hand = lonelyServer(3);
      fill(hand, terms, 2);
      elect(hand, 1);
      const probe = hand.takeOf('AppendEntries')[0]!;
      hand.step(1, accepted(probe, { matchIndex: terms.length }));
      expect(hand.raft.commitIndex).toBe(0);
      hand.step(1, accepted(probe, { matchIndex: terms.length + 1 }));
      expect(hand.raft.commitIndex).toBe(terms.length + 1);
      expect(hand.raft.lastApplied).toBe(terms.length + 1);
    },
  );

  it('is what counting each index by itself gives, for any matches, in joint phases too', () => {
    const stream = new RandomStream('quorum', 'test');
    const hand = lonelyServer(9);
    const reached = ({ matchIndex }: Progress): number => matchIndex;
    for (let time = 0; time < 5_000; time += 1) {
      const draw = (): number[] =>
        stream.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 8]).slice(0, stream.between(1, 9));
      const voters = draw();
      const outgoing = stream.chance(500_000) ? draw() : null;
      hand.raft.membership = { voters, outgoing, learners: [] };
      hand.raft.progress = Array.from({ length: 9 }, () => {
        const progress = new Progress(1, 1);
        progress.matchIndex = stream.below(6);
        return progress;
      });
      const held = (ids: readonly number[], index: number): boolean =>
        ids.filter((id) => hand.raft.progress[id]!.matchIndex >= index).length * 2 > ids.length;
      let naive = 0;
      while (held(voters, naive + 1) && (outgoing === null || held(outgoing, naive + 1)))
        naive += 1;
      expect(hand.raft.quorumValue(reached)).toBe(naive);
      hand.raft.membership = { voters, outgoing: voters, learners: [] };
      const joint = hand.raft.quorumValue(reached);
      hand.raft.membership = { voters, outgoing: null, learners: [] };
      expect(joint).toBe(hand.raft.quorumValue(reached));
    }
  });

  it('an entry that waited for a server is committed when that one is removed', () => {
    const cluster = led(2);
    cluster.propose(S1, 'a');
    cluster.drop();
    const { raft } = cluster.hands[S1]!;
    expect(raft.commitIndex).toBe(1);
    expect(raft.requestMembership([S1], [])).toBeNull();
    cluster.hands[S1]!.settle();
    expect(raft.commitIndex).toBe(raft.log.lastIndex);
    expect(cluster.violations).toEqual([]);
  });

  it('a read that waited for a server is answered when that one is removed', () => {
    const cluster = led(2);
    const hand = cluster.hands[S1]!;
    read(hand);
    cluster.drop();
    expect(hand.replies).toEqual([]);
    expect(hand.raft.requestMembership([S1], [])).toBeNull();
    hand.settle();
    cluster.heartbeat(S1);
    cluster.heartbeat(S1);
    expect(hand.replies.map(({ reply }) => reply.status)).toEqual(['ok']);
    read(hand);
    expect(hand.replies.map(({ reply }) => reply.status)).toEqual(['ok', 'ok']);
  });
});

describe('leaders under CheckQuorum', () => {
  it('stay while a quorum answers, round after round', () => {
    const cluster = led(5, { checkQuorum: true });
    for (let round = 0; round < 10; round += 1) {
      cluster.heartbeat(S1, [S1, S2, S3]);
      cluster.hands[S1]!.timeout('checkQuorum');
    }
    expect(cluster.hands[S1]!.raft.role).toBe('leader');
  });

  it('are superseded only once the voter has not heard them for the election timeout', () => {
    const cluster = led(3, SAFE);
    cluster.heartbeat(S1);
    cluster.campaign(S3, [S2, S3]);
    expect(cluster.hands[S3]!.raft.role).toBe('candidate');
    pass(cluster, 150_000);
    cluster.campaign(S3, [S2, S3]);
    expect(cluster.hands[S3]!.raft.role).toBe('leader');
    expect(cluster.violations).toEqual([]);
  });

  it('free a candidate that is stuck in a higher term: its refusal makes them resign', () => {
    const cluster = led(3, SAFE);
    cluster.heartbeat(S1);
    for (let time = 0; time < 3; time += 1) cluster.campaign(S3);
    expect(cluster.hands.map(({ raft }) => raft.role)).toEqual(['leader', 'follower', 'candidate']);
    const { currentTerm } = cluster.hands[S3]!.raft;
    cluster.heartbeat(S1);
    expect(cluster.hands[S1]!.raft).toMatchObject({ role: 'follower', currentTerm });
    pass(cluster, 150_000);
    // The first campaign learns the term, the second wins in the next one.
    cluster.campaign(S2);
    cluster.campaign(S2);
    cluster.heartbeat(S2);
    expect(cluster.hands.map(({ raft }) => raft.role)).toEqual(['follower', 'leader', 'follower']);
    expect(cluster.violations).toEqual([]);
  });

  it.each([
    { preVote: false, role: 'follower', terms: 2 },
    { preVote: true, role: 'leader', terms: 1 },
  ])('a follower that heard nothing for long deposes one: $preVote', ({ preVote, role, terms }) => {
    const cluster = led(3, { ...SAFE, preVote });
    cluster.heartbeat(S1);
    cluster.campaign(S3);
    cluster.heartbeat(S1);
    expect(cluster.hands[S1]!.raft.role).toBe(role);
    expect(cluster.hands[S1]!.raft.currentTerm).toBe(terms);
  });
});

describe('handing over', () => {
  it('there and back', () => {
    const cluster = led(3, SAFE);
    for (const [from, to] of [[S1, S2] as const, [S2, S1] as const]) {
      expect(cluster.hands[from]!.raft.requestTransfer(to)).toBe(true);
      cluster.stabilize();
      expect(cluster.hands[to]!.raft.role).toBe('leader');
      cluster.heartbeat(to);
      cluster.heartbeat(to);
    }
    expect(cluster.violations).toEqual([]);
  });

  it('is not for a server that does not lead, nor to one that nobody knows', () => {
    const cluster = led(3);
    expect(cluster.hands[S2]!.raft.requestTransfer(S3)).toBe(false);
    expect(cluster.hands[S1]!.raft.requestTransfer(7)).toBe(false);
    expect(cluster.hands[S1]!.raft.role).toBe('leader');
  });

  it('ends with the office: a vote of a higher term clears it', () => {
    const cluster = led(3);
    cluster.hands[S1]!.raft.requestTransfer(S3);
    cluster.drop();
    expect(cluster.hands[S1]!.raft.transferTarget).toBe(S3);
    cluster.campaign(S2);
    expect(cluster.hands[S1]!.raft).toMatchObject({ role: 'follower', transferTarget: null });
    expect(cluster.hands[S2]!.raft.role).toBe('leader');
  });

  it('brings a target up to date by snapshot first', () => {
    const cluster = led(3, { snapshotEvery: 3, snapshotChunk: 1 });
    for (let count = 0; count < 8; count += 1) {
      cluster.propose(S1, count);
      cluster.stabilize(cluster.between([S1, S2]));
    }
    expect(cluster.hands[S1]!.raft.log.compactedIndex).toBeGreaterThan(3);
    cluster.hands[S1]!.raft.requestTransfer(S3);
    for (let beat = 0; beat < 4; beat += 1) cluster.heartbeat(S1);
    expect(cluster.hands[S3]!.raft.role).toBe('leader');
    expect(cluster.violations).toEqual([]);
  });

  it('does nothing when the word comes late, in a later term', () => {
    const cluster = led(3);
    cluster.hands[S1]!.raft.requestTransfer(S2);
    cluster.collect();
    const word = cluster.mail.find(({ message }) => message.type === 'TimeoutNow')!;
    cluster.campaign(S3);
    cluster.heartbeat(S3);
    cluster.deliver(word);
    expect(cluster.hands[S2]!.raft).toMatchObject({ role: 'follower', leaderId: S3 });
  });
});
