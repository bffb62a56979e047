import type { NodeId } from '../../../sim/engine/env.ts';
import type { Entry } from '../entry.ts';
import { isVoter, voterDistance } from '../membership.ts';
import type { Membership } from '../membership.ts';
import { Transfer } from './transfer.ts';

/** Changing who takes part (Raft §6; single-server changes: dissertation §4.1). */
export abstract class MembershipChange extends Transfer {
  /** Null when the change was proposed, else why it was refused. */
  changeMembership(voters: readonly NodeId[], learners: readonly NodeId[]): string | null {
    if (this.role !== 'leader') return 'not the leader';
    const refusal = this.refusesMembership(voters);
    if (refusal !== null) return refusal;
    this.proposeMembership(this.nextMembership(voters, learners));
    return null;
  }

  /** Leaves the joint phase when `autoLeave` is off. Null when proposed, else why not. */
  leaveJoint(): string | null {
    if (this.role !== 'leader') return 'not the leader';
    if (this.membership.outgoing === null) return 'not in a joint phase';
    if (this.membershipPending()) return 'the joint membership is not committed yet';
    this.proposeMembership({ ...this.membership, outgoing: null });
    return null;
  }

  protected refusesMembership(voters: readonly NodeId[]): string | null {
    if (voters.length === 0) return 'a cluster needs a voter';
    if (this.membership.outgoing !== null) return 'a joint phase is under way';
    if (!this.previousChangeCommitted()) return 'the last change is not committed yet';
    if (!this.committedInOwnTerm()) return 'no entry of this term is committed yet';
    if (this.changesTooMany(voters)) return 'more than one voter would change at once';
    if (!this.newVotersCaughtUp(voters)) return 'a new voter has not caught up with the log';
    return null;
  }

  /** One change at a time: majorities of two pending memberships need not overlap (dissertation §4.1). */
  protected previousChangeCommitted(): boolean {
    return !this.membershipPending();
  }

  /** Or an uncommitted change of an earlier leader could come back beside this one (Ongaro, raft-dev, July 2015). */
  protected committedInOwnTerm(): boolean {
    return this.hasCommittedInTerm();
  }

  /** Without a joint phase old and new majorities overlap only when one voter changes (dissertation §4.1). */
  protected changesTooMany(voters: readonly NodeId[]): boolean {
    return (
      this.config.membershipChange === 'single' && voterDistance(this.membership.voters, voters) > 1
    );
  }

  /** A voter that cannot acknowledge yet would make the cluster unavailable: be a learner first (dissertation §4.2.1). */
  protected newVotersCaughtUp(voters: readonly NodeId[]): boolean {
    return voters.every((id) => isVoter(this.membership, id) || this.hasCaughtUp(id));
  }

  protected hasCaughtUp(id: NodeId): boolean {
    const progress = this.progress[id];
    return progress !== undefined && progress.matchIndex >= this.commitIndex;
  }

  protected nextMembership(voters: readonly NodeId[], learners: readonly NodeId[]): Membership {
    const sorted = [...voters].sort((a, b) => a - b);
    const outgoing = this.needsJointPhase(voters) ? this.membership.voters : null;
    return { voters: sorted, outgoing, learners: learners.filter((id) => !voters.includes(id)) };
  }

  protected needsJointPhase(voters: readonly NodeId[]): boolean {
    return (
      this.config.membershipChange === 'joint' && voterDistance(this.membership.voters, voters) > 0
    );
  }

  /**
   * In force at once (Raft §6): a round of reads that waited for a member which is none any more may be confirmed now, and
   * where only the leader is left no answer would ever come to say so (raft-rs, read_when_quorum_becomes_less).
   */
  protected proposeMembership(membership: Membership): void {
    this.propose({ command: null, membership });
    this.roundAnswered();
  }

  /** A leader has applied an entry: go on with whatever waited for it. */
  protected leaderApplied(entry: Entry): void {
    if (entry.membership !== null) this.resignIfRemoved();
    if (this.role !== 'leader') return;
    this.releaseWaitingReads();
    if (this.jointPhaseOver()) this.proposeMembership({ ...this.membership, outgoing: null });
  }

  /** The joint membership is committed: whoever leads now finishes the change (Raft §6). */
  protected jointPhaseOver(): boolean {
    return (
      this.membership.outgoing !== null &&
      this.config.autoLeave &&
      !this.membershipPending() &&
      this.hasCommittedInTerm()
    );
  }

  /** "The leader steps down once it has committed the C_new log entry" that it is no part of (Raft §6). */
  protected resignIfRemoved(): void {
    if (this.role === 'leader' && !isVoter(this.membership, this.id) && !this.membershipPending())
      this.becomeFollower(this.currentTerm, null);
  }
}
