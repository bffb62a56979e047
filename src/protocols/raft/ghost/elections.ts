import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import { isVoter } from '../membership.ts';
import type { Membership } from '../membership.ts';
import type { RaftMessage, RequestVote, RequestVoteReply } from '../messages.ts';
import type { RaftView } from '../observer.ts';
import type { Judge } from './judge.ts';
import type { ShadowDisk } from './shadow-disk.ts';
import { TermRuns } from './term-runs.ts';

export interface LeaderRecord {
  readonly term: number;
  readonly id: NodeId;
  readonly log: TermRuns;
}

/** More than half of `voters` pass the test; written apart from the core's own counting. */
function majority(voters: readonly NodeId[], test: (id: NodeId) => boolean): boolean {
  return voters.filter(test).length * 2 > voters.length;
}

/** A majority of each voter set in force passes the test. */
export function quorum(membership: Membership, test: (id: NodeId) => boolean): boolean {
  return (
    majority(membership.voters, test) &&
    (membership.outgoing === null || majority(membership.outgoing, test))
  );
}

/** The latest membership may still be undone: who was a voter before it may be needed (dissertation §4.2.2). */
function awaitsMembership({ log, commitIndex }: RaftView): boolean {
  for (let index = commitIndex + 1; index <= log.lastIndex; index += 1)
    if ((log.at(index)?.membership ?? null) !== null) return true;
  return false;
}

/** Who voted for whom, who led which term: election safety and what it rests on. */
export class Elections {
  /** In order of election. */
  readonly leaders: LeaderRecord[] = [];
  highestLeaderTerm = 0;
  readonly #judge: Judge;
  readonly #disks: readonly ShadowDisk[];
  readonly #leaderOf = new Map<number, NodeId>();
  /** Per server: the candidate that it told each term's vote. */
  readonly #votes: Map<number, NodeId>[] = [];

  [INNER_STATE](): unknown {
    return [this.#leaderOf, this.#votes];
  }

  constructor(judge: Judge, disks: readonly ShadowDisk[]) {
    this.#judge = judge;
    this.#disks = disks;
  }

  /** Election Safety (Raft Figure 3): at most one leader a term. */
  becameLeader(node: RaftView): void {
    const term = node.currentTerm;
    const other = this.#leaderOf.get(term);
    if (other !== undefined && other !== node.id)
      this.#judge.violated(
        'election-safety',
        [other, node.id],
        `${this.#judge.name(other)} and ${this.#judge.name(node.id)} both became leader of term ${term}.`,
        [
          this.#describeVotes(other, term, node.membership),
          this.#describeVotes(node.id, term, node.membership),
        ],
      );
    this.#checkQuorum(node);
    this.#leaderOf.set(term, node.id);
    this.leaders.push({ term, id: node.id, log: new TermRuns(node.log) });
    this.highestLeaderTerm = Math.max(this.highestLeaderTerm, term);
  }

  #checkQuorum(node: RaftView): void {
    const term = node.currentTerm;
    if (quorum(node.membership, (id) => this.#votedFor(id, term, node.id))) return;
    this.#judge.violated(
      'election-quorum',
      [node.id],
      `${this.#judge.name(node.id)} became leader of term ${term} without the votes of a majority.`,
      [this.#describeVotes(node.id, term, node.membership)],
    );
  }

  #votedFor(voter: NodeId, term: number, candidate: NodeId): boolean {
    if (this.#votes[voter]?.get(term) === candidate) return true;
    const disk = this.#disks[voter];
    return voter === candidate && disk?.term === term && disk.votedFor === candidate;
  }

  #describeVotes(candidate: NodeId, term: number, membership: Membership): string {
    const all = [...membership.voters, ...(membership.outgoing ?? [])];
    const voters = [...new Set(all)].filter((id) => this.#votedFor(id, term, candidate));
    return `votes for ${this.#judge.name(candidate)} in term ${term}: ${this.#judge.names(voters)} of ${this.#judge.names(membership.voters)}`;
  }

  /** A vote is about to be told (Raft §5.2: one a term; Figure 2: on disk first). */
  voteSent(node: RaftView, to: NodeId, reply: RequestVoteReply): void {
    if (!reply.voteGranted) return;
    this.#recordVote(node.id, reply.term, to);
    const disk = this.#disks[node.id]!;
    if (disk.term > reply.term || (disk.term === reply.term && disk.votedFor === to)) return;
    this.#judge.violated(
      'promise-after-durable',
      [node.id, to],
      `${this.#judge.name(node.id)} told ${this.#judge.name(to)} its vote of term ${reply.term} before the vote was on its disk.`,
      [
        `on the disk: term ${disk.term}, vote for ${this.#judge.name(disk.votedFor)}`,
        'after a power loss it could vote again in this term',
      ],
    );
  }

  #recordVote(voter: NodeId, term: number, candidate: NodeId): void {
    const votes = (this.#votes[voter] ??= new Map<number, NodeId>());
    const before = votes.get(term);
    if (before !== undefined && before !== candidate)
      this.#judge.violated(
        'one-vote-a-term',
        [voter, before, candidate],
        `${this.#judge.name(voter)} voted twice in term ${term}: for ${this.#judge.name(before)}, then for ${this.#judge.name(candidate)}.`,
        ['two candidates of one term can now both have a majority'],
      );
    votes.set(term, candidate);
  }

  /** A candidate asks for votes: it has voted for itself, and that must be on its disk. */
  voteRequested(node: RaftView, request: RequestVote): void {
    const votes = (this.#votes[node.id] ??= new Map<number, NodeId>());
    if (votes.get(request.term) !== node.id) this.#recordVote(node.id, request.term, node.id);
    const disk = this.#disks[node.id]!;
    if (disk.term < request.term || (disk.term === request.term && disk.votedFor !== node.id))
      this.#judge.violated(
        'promise-after-durable',
        [node.id],
        `${this.#judge.name(node.id)} campaigned in term ${request.term} before its vote for itself was on its disk.`,
        [`on the disk: term ${disk.term}, vote for ${this.#judge.name(disk.votedFor)}`],
      );
    if (
      node.currentTerm === request.term &&
      !isVoter(node.membership, node.id) &&
      !awaitsMembership(node)
    )
      this.#judge.violated(
        'roles-follow-membership',
        [node.id],
        `${this.#judge.name(node.id)} campaigned in term ${request.term} without being a voter.`,
        [`voters, as it knows them: ${this.#judge.names(node.membership.voters)}`],
      );
  }

  /** Only the leader of a term speaks as one. */
  leaderSpoke(node: RaftView, message: Extract<RaftMessage, { leaderId: NodeId }>): void {
    if (this.#leaderOf.get(message.term) === node.id) return;
    this.#judge.violated(
      'election-safety',
      [node.id],
      `${this.#judge.name(node.id)} sent ${message.type} as leader of term ${message.term}, which it does not lead.`,
      [
        `leader of term ${message.term}: ${this.#judge.name(this.#leaderOf.get(message.term) ?? null)}`,
      ],
    );
  }
}
