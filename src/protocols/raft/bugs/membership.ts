import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { Entry } from '../entry.ts';
import { isMember } from '../membership.ts';
import type { RequestVote } from '../messages.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

class ChangeBeforeOwnTermCommit extends Raft {
  protected override committedInOwnTerm(): boolean {
    return true;
  }
}

class TwoPendingChanges extends Raft {
  protected override previousChangeCommitted(): boolean {
    return true;
  }
}

class DirectSwitch extends Raft {
  protected override changesTooMany(): boolean {
    return false;
  }

  protected override needsJointPhase(): boolean {
    return false;
  }
}

class JointCountsUnion extends Raft {
  override isQuorum(test: (id: NodeId) => boolean): boolean {
    const { voters, outgoing } = this.membership;
    return this.isMajorityOf([...new Set([...voters, ...(outgoing ?? [])])], test);
  }
}

class JointCountsNewOnly extends Raft {
  override isQuorum(test: (id: NodeId) => boolean): boolean {
    return this.isMajorityOf(this.membership.voters, test);
  }

  override quorumValue(read: Parameters<Raft['quorumValue']>[0]): number {
    return this.majorityValue(this.membership.voters, read);
  }
}

class MembershipActiveAtCommit extends Raft {
  protected override activateMembership(entry: Entry): void {
    this.memberships.push({ index: entry.index, membership: entry.membership! });
  }

  protected override entryApplied(entry: Entry, result: Parameters<Raft['entryApplied']>[1]): void {
    if (entry.membership !== null) {
      this.adoptLatestMembership();
      this.membershipChanged();
    }
    super.entryApplied(entry, result);
  }
}

class MembershipNotRolledBack extends Raft {
  protected override rollBackMembership(fromIndex: number): void {
    while (this.memberships[this.memberships.length - 1]!.index >= fromIndex)
      this.memberships.pop();
  }
}

class UncommittedMembershipLost extends Raft {
  override start(): void {
    super.start();
    this.memberships.length = 1;
    this.adoptLatestMembership();
    this.resetElectionTimer();
  }
}

class JointNeverLeft extends Raft {
  #began = false;

  protected override leadershipWon(): void {
    this.#began = false;
    super.leadershipWon();
  }

  protected override proposeMembership(...args: Parameters<Raft['proposeMembership']>): void {
    this.#began = args[0].outgoing !== null;
    super.proposeMembership(...args);
  }

  protected override jointPhaseOver(): boolean {
    return this.#began && super.jointPhaseOver();
  }
}

class RemovedLeaderStays extends Raft {
  protected override resignIfRemoved(): void {
    // Goes on leading a cluster that it is no part of.
  }
}

class StrangersGetNoVote extends Raft {
  protected override mayGrantVote(request: RequestVote): boolean {
    return this.promotable() && super.mayGrantVote(request);
  }
}

class LearnerCampaigns extends Raft {
  override promotable(): boolean {
    return !this.inert && isMember(this.membership, this.id);
  }
}

class VoterWithoutCatchUp extends Raft {
  protected override newVotersCaughtUp(): boolean {
    return true;
  }
}

/** Bugs of membership changes (Raft §6, dissertation §4). */
export const membershipBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'change-before-own-term-commit',
    'A leader changes the membership before an entry of its own term is committed.',
    'B084; Ongaro, raft-dev, July 2015; copycat#23, braft#182, openraft#2051',
    ['membership-change-rules', 'election-safety', 'leader-completeness'],
    ['membership change', 'partition', 'crash'],
    'hard',
    { core: ChangeBeforeOwnTermCommit },
  ),
  bug(
    'two-pending-changes',
    'Begins a membership change while another is not committed.',
    'B085; redpanda#17675',
    ['membership-change-rules', 'election-safety'],
    ['membership change', 'partition'],
    'medium',
    { core: TwoPendingChanges },
  ),
  bug(
    'direct-switch',
    'Changes several voters at once without a joint phase.',
    'B086; Raft Figure 10',
    ['membership-change-rules', 'election-safety'],
    ['membership change', 'partition'],
    'medium',
    { core: DirectSwitch },
  ),
  bug(
    'joint-counts-union',
    'Counts one majority of old and new voters together.',
    'B087; CCF#3948, CCF#3837',
    ['election-quorum', 'committed-on-durable-quorum'],
    ['membershipChange: joint', 'partition'],
    'medium',
    { core: JointCountsUnion },
  ),
  bug(
    'joint-counts-new-only',
    'During a joint phase only the new voters count.',
    'B088; classic',
    ['committed-on-durable-quorum', 'election-quorum'],
    ['membershipChange: joint', 'partition'],
    'medium',
    { core: JointCountsNewOnly },
  ),
  bug(
    'membership-active-at-commit',
    'A membership comes into force when it is committed, not when it is in the log.',
    'B089; etcd#7625, etcd#12359',
    ['latest-membership-in-force', 'election-safety'],
    'membership change',
    'hard',
    { core: MembershipActiveAtCommit },
  ),
  bug(
    'membership-not-rolled-back',
    'A membership whose entry was cut from the log stays in force.',
    'B090; camunda#57393, canonical/raft#250',
    ['latest-membership-in-force', 'election-safety'],
    ['membership change', 'partition'],
    'hard',
    { core: MembershipNotRolledBack },
  ),
  bug(
    'membership-lost-on-restart',
    'A restart forgets memberships that are in the log only.',
    'B091; jraft#1, openraft 6c0ccaf3, NuRaft#67',
    ['latest-membership-in-force', 'election-safety', 'snapshot-is-prefix'],
    ['membership change', 'crash'],
    'medium',
    { core: UncommittedMembershipLost },
  ),
  bug(
    'joint-never-left',
    'A new leader does not finish the joint phase that its predecessor began.',
    'B092; etcd confchange_v2',
    ['logs-converge', 'liveness'],
    ['membershipChange: joint', 'crash'],
    'medium',
    { core: JointNeverLeft },
  ),
  bug(
    'removed-leader-stays',
    'A leader that removed itself goes on leading.',
    'B094; etcd confchange_v1_remove_leader',
    ['removed-leader-resigns', 'liveness'],
    'membership change',
    'easy',
    { core: RemovedLeaderStays },
  ),
  bug(
    'strangers-get-no-vote',
    'A server that does not know it was made a voter refuses to vote.',
    'B095; etcd#10998',
    ['leader-within-bound', 'liveness'],
    ['membership change', 'crash'],
    'hard',
    { core: StrangersGetNoVote },
  ),
  bug(
    'learner-campaigns',
    'A learner whose timer runs out campaigns.',
    'B096; hashicorp/raft#398',
    ['roles-follow-membership'],
    'learners',
    'easy',
    { core: LearnerCampaigns },
  ),
  bug(
    'voter-without-catch-up',
    'Makes a server a voter before it has the log.',
    'B097; dissertation §4.2.1; EastGuard#150',
    ['membership-change-rules', 'liveness'],
    'membership change',
    'medium',
    { core: VoterWithoutCatchUp },
  ),
];
