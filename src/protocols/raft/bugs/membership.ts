import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { Entry } from '../entry.ts';
import { isMember } from '../membership.ts';
import type { RequestVote } from '../messages.ts';
import { serverBug } from './planted.ts';
import type { PlantedBug } from './planted.ts';

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
export const membershipBugs: readonly PlantedBug[] = [
  serverBug(
    {
      id: 'change-before-own-term-commit',
      mutation: 'A leader changes the membership before an entry of its own term is committed.',
      source: 'B084; Ongaro, raft-dev, July 2015; copycat#23, braft#182, openraft#2051',
      caughtBy: ['membership-change-rules', 'election-safety', 'leader-completeness'],
      needs: ['membership change', 'partition', 'crash'],
      rarity: 'hard',
    },
    ChangeBeforeOwnTermCommit,
  ),
  serverBug(
    {
      id: 'two-pending-changes',
      mutation: 'Begins a membership change while another is not committed.',
      source: 'B085; redpanda#17675',
      caughtBy: ['membership-change-rules', 'election-safety'],
      needs: ['membership change', 'partition'],
      rarity: 'medium',
    },
    TwoPendingChanges,
  ),
  serverBug(
    {
      id: 'direct-switch',
      mutation: 'Changes several voters at once without a joint phase.',
      source: 'B086; Raft Figure 10',
      caughtBy: ['membership-change-rules', 'election-safety'],
      needs: ['membership change', 'partition'],
      rarity: 'medium',
    },
    DirectSwitch,
  ),
  serverBug(
    {
      id: 'joint-counts-union',
      mutation: 'Counts one majority of old and new voters together.',
      source: 'B087; CCF#3948, CCF#3837',
      caughtBy: ['election-quorum', 'committed-on-durable-quorum'],
      needs: ['membershipChange: joint', 'partition'],
      rarity: 'medium',
    },
    JointCountsUnion,
  ),
  serverBug(
    {
      id: 'joint-counts-new-only',
      mutation: 'During a joint phase only the new voters count.',
      source: 'B088; classic',
      caughtBy: ['committed-on-durable-quorum', 'election-quorum'],
      needs: ['membershipChange: joint', 'partition'],
      rarity: 'medium',
    },
    JointCountsNewOnly,
  ),
  serverBug(
    {
      id: 'membership-active-at-commit',
      mutation: 'A membership comes into force when it is committed, not when it is in the log.',
      source: 'B089; etcd#7625, etcd#12359',
      caughtBy: ['latest-membership-in-force', 'election-safety'],
      needs: ['membership change'],
      rarity: 'hard',
    },
    MembershipActiveAtCommit,
  ),
  serverBug(
    {
      id: 'membership-not-rolled-back',
      mutation: 'A membership whose entry was cut from the log stays in force.',
      source: 'B090; camunda#57393, canonical/raft#250',
      caughtBy: ['latest-membership-in-force', 'election-safety'],
      needs: ['membership change', 'partition'],
      rarity: 'hard',
    },
    MembershipNotRolledBack,
  ),
  serverBug(
    {
      id: 'membership-lost-on-restart',
      mutation: 'A restart forgets memberships that are in the log only.',
      source: 'B091; jraft#1, openraft 6c0ccaf3, NuRaft#67',
      caughtBy: ['latest-membership-in-force', 'election-safety', 'snapshot-is-prefix'],
      needs: ['membership change', 'crash'],
      rarity: 'medium',
    },
    UncommittedMembershipLost,
  ),
  serverBug(
    {
      id: 'joint-never-left',
      mutation: 'A new leader does not finish the joint phase that its predecessor began.',
      source: 'B092; etcd confchange_v2',
      caughtBy: ['logs-converge', 'liveness'],
      needs: ['membershipChange: joint', 'crash'],
      rarity: 'medium',
    },
    JointNeverLeft,
  ),
  serverBug(
    {
      id: 'removed-leader-stays',
      mutation: 'A leader that removed itself goes on leading.',
      source: 'B094; etcd confchange_v1_remove_leader',
      caughtBy: ['removed-leader-resigns', 'liveness'],
      needs: ['membership change'],
      rarity: 'easy',
    },
    RemovedLeaderStays,
  ),
  serverBug(
    {
      id: 'strangers-get-no-vote',
      mutation: 'A server that does not know it was made a voter refuses to vote.',
      source: 'B095; etcd#10998',
      caughtBy: ['leader-within-bound', 'liveness'],
      needs: ['membership change', 'crash'],
      rarity: 'hard',
    },
    StrangersGetNoVote,
  ),
  serverBug(
    {
      id: 'learner-campaigns',
      mutation: 'A learner whose timer runs out campaigns.',
      source: 'B096; hashicorp/raft#398',
      caughtBy: ['roles-follow-membership'],
      needs: ['learners'],
      rarity: 'easy',
    },
    LearnerCampaigns,
  ),
  serverBug(
    {
      id: 'voter-without-catch-up',
      mutation: 'Makes a server a voter before it has the log.',
      source: 'B097; dissertation §4.2.1; EastGuard#150',
      caughtBy: ['membership-change-rules', 'liveness'],
      needs: ['membership change'],
      rarity: 'medium',
    },
    VoterWithoutCatchUp,
  ),
];
