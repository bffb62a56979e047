import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import { isVoter } from '../membership.ts';
import type { TimeoutNow } from '../messages.ts';
import type { Progress } from '../progress.ts';
import { Reads } from './reads.ts';

/** Leadership transfer (dissertation §3.10): bring the target up to date, then let it campaign at once. */
export abstract class Transfer extends Reads {
  /** A TimeoutNow was sent in this term: it may arrive at any time and bypasses the protection a lease rests on. */
  #toldToCampaign = false;

  override [INNER_STATE](): unknown {
    return [super[INNER_STATE](), this.#toldToCampaign];
  }

  protected override leadershipWon(): void {
    this.transferTarget = null;
    this.#toldToCampaign = false;
    super.leadershipWon();
  }

  protected override leadershipLost(): void {
    this.transferTarget = null;
    this.port.cancelTimer('transfer');
    super.leadershipLost();
  }

  /** True when the transfer has begun: proposals are refused until it ends, or is given up after an election timeout. */
  transferLeadership(target: NodeId): boolean {
    if (this.role !== 'leader' || !this.mayTransferTo(target)) return false;
    this.transferTarget = target;
    this.port.setTimer('transfer', this.config.electionTimeoutMinUs);
    this.tellToCampaign(target, this.progress[target]!);
    return true;
  }

  protected mayTransferTo(target: NodeId): boolean {
    return target !== this.id && isVoter(this.membership, target) && this.transferTarget === null;
  }

  /** The target must hold the whole log, or it could not win. */
  protected tellToCampaign(target: NodeId, progress: Progress): void {
    if (progress.matchIndex !== this.log.lastIndex) return;
    this.#toldToCampaign = true;
    this.transmit(target, { type: 'TimeoutNow', term: this.currentTerm });
  }

  protected override matchAdvanced(peer: NodeId, progress: Progress): void {
    super.matchAdvanced(peer, progress);
    if (peer === this.transferTarget) this.tellToCampaign(peer, progress);
  }

  /** The target did not take over in time: serve clients again. */
  protected transferTimedOut(): void {
    this.transferTarget = null;
  }

  protected override leaseHolds(): boolean {
    return !this.leaseRevoked() && super.leaseHolds();
  }

  protected leaseRevoked(): boolean {
    return this.#toldToCampaign;
  }

  protected onTimeoutNow(from: NodeId, message: TimeoutNow): void {
    if (this.mayCampaignNow(from, message)) this.startElection(true);
  }

  /** Only at the word of the current leader: an old message must not start an election. */
  protected mayCampaignNow(from: NodeId, message: TimeoutNow): boolean {
    return (
      message.term === this.currentTerm &&
      this.role === 'follower' &&
      this.leaderId === from &&
      this.promotable()
    );
  }
}
