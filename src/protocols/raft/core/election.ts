import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import { isVoter } from '../membership.ts';
import type { RequestVote, RequestVoteReply } from '../messages.ts';
import { Apply } from './apply.ts';

/** Leader election (Raft §5.2, §5.4.1). */
export abstract class Election extends Apply {
  /** Who granted this candidate its vote in the current term; a set, so that a repeated reply counts once. */
  protected votes: NodeId[] = [];
  /** The write that holds this candidate's vote for itself. */
  #ownVoteWrite = 0;

  override [INNER_STATE](): unknown {
    return [super[INNER_STATE](), this.durableWrites >= this.#ownVoteWrite];
  }

  /** "Increment currentTerm, vote for self, reset election timer, send RequestVote RPCs" (Raft Figure 2). */
  startElection(leadershipTransfer: boolean): void {
    this.role = 'candidate';
    this.enterTerm(this.currentTerm + 1, this.id);
    this.#ownVoteWrite = this.writes;
    this.votes = [];
    this.port.mark('candidate', { term: this.currentTerm });
    this.resetElectionTimer();
    const request: RequestVote = {
      type: 'RequestVote',
      term: this.currentTerm,
      candidateId: this.id,
      lastLogIndex: this.log.lastIndex,
      lastLogTerm: this.log.lastTerm,
      leadershipTransfer,
    };
    for (const peer of this.peers)
      if (isVoter(this.membership, peer)) this.sendPromise(peer, request);
    this.countOwnVote();
  }

  /** The candidate's vote for itself counts once it is durable, as any other. */
  protected countOwnVote(): void {
    if (this.role !== 'candidate' || this.durableWrites < this.#ownVoteWrite) return;
    if (isVoter(this.membership, this.id)) this.countVote(this.id);
  }

  /** Receiver implementation of RequestVote (Raft Figure 2). */
  protected onRequestVote(from: NodeId, request: RequestVote): void {
    if (this.inert || this.protectsLeader(request)) return;
    this.observeTerm(request.term);
    const granted = this.mayGrantVote(request);
    if (granted) this.grantVote(request);
    this.sendPromise(from, {
      type: 'RequestVoteReply',
      term: this.currentTerm,
      voteGranted: granted,
    });
  }

  /**
   * A server that hears from a leader drops vote requests, and does not even learn their term, so that a server
   * which was removed or cut off cannot depose that leader (dissertation §4.2.3). A transfer is the exception.
   */
  protected protectsLeader(request: RequestVote): boolean {
    return this.config.stickyLeader && !request.leadershipTransfer && this.leaderIsAlive();
  }

  protected mayGrantVote(request: RequestVote): boolean {
    return (
      !this.isStale(request.term) &&
      this.voteIsFree(request.candidateId) &&
      this.isUpToDate(request.lastLogIndex, request.lastLogTerm)
    );
  }

  /** "Reply false if term < currentTerm" (Raft §5.1). */
  protected isStale(term: number): boolean {
    return term < this.currentTerm;
  }

  /** One vote a term, first come first served (Raft §5.2). */
  protected voteIsFree(candidate: NodeId): boolean {
    return this.role !== 'leader' && (this.votedFor === null || this.votedFor === candidate);
  }

  /** The later last term wins; with equal last terms the longer log does (Raft §5.4.1). */
  protected isUpToDate(lastLogIndex: number, lastLogTerm: number): boolean {
    const ownTerm = this.log.lastTerm;
    return lastLogTerm > ownTerm || (lastLogTerm === ownTerm && lastLogIndex >= this.log.lastIndex);
  }

  protected grantVote(request: RequestVote): void {
    if (this.votedFor !== request.candidateId) {
      this.votedFor = request.candidateId;
      this.persistHardState();
    }
    this.resetElectionTimer();
  }

  protected onRequestVoteReply(from: NodeId, reply: RequestVoteReply): void {
    this.observeTerm(reply.term);
    if (this.role === 'candidate' && this.voteIsCurrent(reply) && reply.voteGranted)
      this.countVote(from);
  }

  /** A vote given in an earlier term says nothing about this one. */
  protected voteIsCurrent(reply: RequestVoteReply): boolean {
    return reply.term === this.currentTerm;
  }

  protected countVote(from: NodeId): void {
    this.recordVote(from);
    if (this.hasWonElection()) this.becomeLeader();
  }

  protected recordVote(from: NodeId): void {
    if (!this.votes.includes(from)) this.votes.push(from);
  }

  /** "If votes received from majority of servers: become leader" (Raft Figure 2). */
  protected hasWonElection(): boolean {
    return this.isQuorum((id) => this.votes.includes(id));
  }

  protected becomeLeader(): void {
    this.role = 'leader';
    this.leaderId = this.id;
    this.port.cancelTimer('election');
    this.port.mark('leader', { term: this.currentTerm });
    this.observer?.becameLeader(this);
    this.leadershipWon();
  }
}
