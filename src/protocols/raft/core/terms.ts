import type { NodeId } from '../../../sim/engine/env.ts';
import { isMember } from '../membership.ts';
import { Durability } from './durability.ts';

/** Terms, and the three roles a server moves between (Raft §5.1, Figure 4). */
export abstract class Terms extends Durability {
  /** When a valid message of the current leader last arrived, by the monotonic clock; protects that leader. */
  protected leaderHeardUs = Number.NEGATIVE_INFINITY;
  readonly #electionRandom = this.port.random('election');

  /** "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower" (Figure 2). */
  protected observeTerm(term: number): void {
    if (term > this.currentTerm) this.becomeFollower(term, null);
  }

  /** Follows `leader`, or nobody yet, in `term`, which is never below the current term. */
  becomeFollower(term: number, leader: NodeId | null): void {
    const wasLeader = this.role === 'leader';
    const wasFollower = this.role === 'follower';
    if (term > this.currentTerm) this.enterTerm(term, null);
    this.role = 'follower';
    this.leaderId = leader;
    if (wasLeader) {
      this.port.cancelTimer('heartbeat');
      this.port.cancelTimer('checkQuorum');
      this.progress = [];
      this.leadershipLost();
    }
    if (!wasFollower) {
      this.port.mark('follower', { term: this.currentTerm });
      this.resetElectionTimer();
    }
  }

  /** Moves to a later term, in which the vote is free or, when campaigning, one's own. */
  protected enterTerm(term: number, votedFor: NodeId | null): void {
    this.currentTerm = term;
    this.votedFor = votedFor;
    this.leaderId = null;
    this.persistHardState();
  }

  /** The timeout is drawn anew each time, so that split votes are rare and resolved quickly (Raft §5.2). */
  protected electionTimeoutUs(): number {
    const { electionTimeoutMinUs: min, electionTimeoutMaxUs: max } = this.config;
    return min + this.#electionRandom.below(max - min);
  }

  /** Only members that may campaign keep an election timer; learners and removed servers wait to be called. */
  protected resetElectionTimer(): void {
    if (this.promotable()) this.port.setTimer('election', this.electionTimeoutUs());
    else this.port.cancelTimer('election');
  }

  /** A message of the current term's leader arrived. */
  protected heardFromLeader(leader: NodeId): void {
    this.leaderHeardUs = this.port.monotonicUs();
    if (this.role !== 'follower') this.becomeFollower(this.currentTerm, leader);
    this.leaderId = leader;
    this.resetElectionTimer();
  }

  /**
   * True while the leader was heard within the minimum election timeout (dissertation §4.2.3). A leader counts itself: one
   * whose quorum went elsewhere learns the later term from the replies to its heartbeats, or by checkQuorum.
   */
  protected leaderIsAlive(): boolean {
    if (this.role === 'leader') return true;
    return this.port.monotonicUs() - this.leaderHeardUs < this.config.electionTimeoutMinUs;
  }

  protected isKnownMember(id: NodeId): boolean {
    return isMember(this.membership, id);
  }
}
