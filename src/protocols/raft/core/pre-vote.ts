import type { NodeId } from '../../../sim/engine/env.ts';
import { isVoter } from '../membership.ts';
import type { RequestPreVote, RequestPreVoteReply } from '../messages.ts';
import { Election } from './election.ts';

/**
 * Before it raises its term a server asks whether it could win at all, so that one which was cut off does not disturb
 * the cluster when it comes back (dissertation §9.6).
 */
export abstract class PreVote extends Election {
  /** Who would vote for this server, itself included. */
  protected preVotes: NodeId[] = [];

  /** The election timeout elapsed without a leader or a granted vote (Raft §5.2). */
  protected electionTimedOut(): void {
    if (!this.promotable() || this.role === 'leader') return;
    this.leaderId = null;
    if (this.config.preVote) this.startPreVote();
    else this.startElection(false);
  }

  protected startPreVote(): void {
    this.role = 'preCandidate';
    this.preVotes = [this.id];
    this.port.mark('preCandidate', { term: this.currentTerm });
    this.resetElectionTimer();
    if (this.isQuorum((id) => this.preVotes.includes(id))) {
      this.startElection(false);
      return;
    }
    const request: RequestPreVote = {
      type: 'RequestPreVote',
      term: this.currentTerm + 1,
      candidateId: this.id,
      lastLogIndex: this.log.lastIndex,
      lastLogTerm: this.log.lastTerm,
    };
    for (const peer of this.peers)
      if (isVoter(this.membership, peer)) this.sendPromise(peer, request);
  }

  /** Answers without changing anything: neither term, nor vote, nor timer. */
  protected onRequestPreVote(from: NodeId, request: RequestPreVote): void {
    if (this.inert) return;
    this.sendPromise(from, {
      type: 'RequestPreVoteReply',
      term: this.currentTerm,
      proposedTerm: request.term,
      voteGranted: this.wouldVoteFor(request),
    });
  }

  protected wouldVoteFor(request: RequestPreVote): boolean {
    return (
      request.term > this.currentTerm &&
      this.isUpToDate(request.lastLogIndex, request.lastLogTerm) &&
      this.role !== 'leader' &&
      !this.leaderIsAlive()
    );
  }

  protected onRequestPreVoteReply(from: NodeId, reply: RequestPreVoteReply): void {
    if (reply.term > this.currentTerm) {
      this.learnTermFromPreVote(reply);
      return;
    }
    if (this.role !== 'preCandidate' || reply.proposedTerm !== this.currentTerm + 1) return;
    if (!reply.voteGranted) return;
    if (!this.preVotes.includes(from)) this.preVotes.push(from);
    if (this.isQuorum((id) => this.preVotes.includes(id))) this.startElection(false);
  }

  /** A refusal for being behind must teach the term, or a cohort of low terms asks for ever (etcd#8501). */
  protected learnTermFromPreVote(reply: RequestPreVoteReply): void {
    this.observeTerm(reply.term);
  }
}
