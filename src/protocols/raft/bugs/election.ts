import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { AppendEntries, RaftMessage } from '../messages.ts';
import { serverBug } from './planted.ts';
import type { PlantedBug } from './planted.ts';

class DoubleVote extends Raft {
  protected override voteIsFree(): boolean {
    return this.role !== 'leader';
  }
}

class VoteErasedOnStepDown extends Raft {
  override becomeFollower(term: number, leader: NodeId | null): void {
    super.becomeFollower(term, leader);
    if (this.votedFor === null) return;
    this.votedFor = null;
    this.persistHardState();
  }
}

class SelfVoteNotSaved extends Raft {
  protected override enterTerm(term: number, votedFor: NodeId | null): void {
    super.enterTerm(term, null);
    this.votedFor = votedFor;
  }
}

class VoteBeforeSync extends Raft {
  override sendPromise(to: NodeId, message: RaftMessage): void {
    if (message.type === 'RequestVoteReply') this.transmit(to, message);
    else super.sendPromise(to, message);
  }
}

class TermNotSavedOnCampaign extends Raft {
  protected override enterTerm(term: number, votedFor: NodeId | null): void {
    if (votedFor === null) super.enterTerm(term, votedFor);
    this.currentTerm = term;
    this.votedFor = votedFor;
    this.leaderId = null;
  }
}

class StaleVoteCounted extends Raft {
  protected override voteIsCurrent(): boolean {
    return true;
  }
}

class RepeatedVoteCounted extends Raft {
  protected override recordVote(from: NodeId): void {
    this.votes.push(from);
  }

  protected override hasWonElection(): boolean {
    return this.votes.length >= this.majority(this.membership.voters.length);
  }
}

class NoUpToDateCheck extends Raft {
  protected override isUpToDate(): boolean {
    return true;
  }
}

class LengthBeforeTerm extends Raft {
  protected override isUpToDate(lastLogIndex: number, lastLogTerm: number): boolean {
    const ownIndex = this.log.lastIndex;
    return (
      lastLogIndex > ownIndex || (lastLogIndex === ownIndex && lastLogTerm >= this.log.lastTerm)
    );
  }
}

class CommitIndexAsLogPosition extends Raft {
  protected override isUpToDate(lastLogIndex: number): boolean {
    return lastLogIndex >= this.commitIndex;
  }
}

class EqualLogRefused extends Raft {
  protected override isUpToDate(lastLogIndex: number, lastLogTerm: number): boolean {
    const ownTerm = this.log.lastTerm;
    return lastLogTerm > ownTerm || (lastLogTerm === ownTerm && lastLogIndex > this.log.lastIndex);
  }
}

class LastTermForgottenByCompaction extends Raft {
  protected override isUpToDate(lastLogIndex: number, lastLogTerm: number): boolean {
    if (this.log.size > 0) return super.isUpToDate(lastLogIndex, lastLogTerm);
    return lastLogTerm > 0 || lastLogIndex >= this.log.lastIndex;
  }
}

class HalfIsEnough extends Raft {
  override majority(size: number): number {
    return Math.max(1, Math.floor(size / 2));
  }
}

class FixedTimeouts extends Raft {
  protected override electionTimeoutUs(): number {
    return this.config.electionTimeoutMinUs;
  }
}

class TimerResetByAnything extends Raft {
  override step(from: NodeId, message: RaftMessage, replyTo: number): void {
    super.step(from, message, replyTo);
    if (this.role !== 'leader') this.resetElectionTimer();
  }
}

class StaleLeaderAccepted extends Raft {
  protected override onAppendEntries(from: NodeId, request: AppendEntries): void {
    if (this.role === 'leader') super.onAppendEntries(from, request);
    else
      super.onAppendEntries(from, { ...request, term: Math.max(request.term, this.currentTerm) });
  }
}

class LeaderResumesAfterRestart extends Raft {
  override start(): void {
    super.start();
    if (this.votedFor !== this.id || !this.promotable()) return;
    this.becomeLeader();
    this.syncWrites();
  }
}

class PreVotesCounted extends Raft {
  override startElection(leadershipTransfer: boolean): void {
    super.startElection(leadershipTransfer);
    for (const id of this.preVotes) if (id !== this.id) this.recordVote(id);
  }
}

class WipedServerVotes extends Raft {
  protected override trustsEmptyDisk(): boolean {
    return true;
  }
}

/** Bugs of leader election (Raft §5.2, §5.4.1). */
export const electionBugs: readonly PlantedBug[] = [
  serverBug(
    {
      id: 'double-vote',
      mutation: 'Grants its vote to every candidate of a term.',
      source: 'B001; Raft §5.2; ktoso/akka-raft#47',
      caughtBy: ['one-vote-a-term', 'election-safety'],
      needs: ['delays'],
      rarity: 'easy',
    },
    DoubleVote,
  ),
  serverBug(
    {
      id: 'vote-erased-on-step-down',
      mutation: 'Forgets its vote whenever it becomes a follower, also in the same term.',
      source: 'B002; redpanda#14, redpanda#19, akka-raft#56',
      caughtBy: ['one-vote-a-term', 'election-safety'],
      needs: ['delays', 'partition'],
      rarity: 'medium',
    },
    VoteErasedOnStepDown,
  ),
  serverBug(
    {
      id: 'self-vote-not-saved',
      mutation: "A candidate's vote for itself never reaches the disk.",
      source: 'B003; nebula#3415',
      caughtBy: ['promise-after-durable', 'one-vote-a-term'],
      needs: ['crash', 'delays'],
      rarity: 'medium',
    },
    SelfVoteNotSaved,
  ),
  serverBug(
    {
      id: 'vote-before-sync',
      mutation: 'Tells its vote before the vote is on disk.',
      source: 'B004; Raft Figure 2; nodedb#161',
      caughtBy: ['promise-after-durable', 'one-vote-a-term'],
      needs: ['power loss'],
      rarity: 'hard',
    },
    VoteBeforeSync,
  ),
  serverBug(
    {
      id: 'term-not-saved-on-campaign',
      mutation: 'A candidate raises its term in memory only.',
      source: 'B006; raft-java#57',
      caughtBy: ['promise-after-durable', 'term-monotonic'],
      needs: ['crash'],
      rarity: 'easy',
    },
    TermNotSavedOnCampaign,
  ),
  serverBug(
    {
      id: 'stale-vote-counted',
      mutation: 'Counts a vote that was given to it in an earlier term.',
      source: 'B007; xnnyygn/xraft#33',
      caughtBy: ['election-quorum', 'election-safety'],
      needs: ['delays', 'reordering'],
      rarity: 'medium',
    },
    StaleVoteCounted,
  ),
  serverBug(
    {
      id: 'repeated-vote-counted',
      mutation: 'Counts votes instead of voters: a duplicated reply is two votes.',
      source: 'B008; classic',
      caughtBy: ['election-quorum', 'election-safety'],
      needs: ['duplication'],
      rarity: 'easy',
    },
    RepeatedVoteCounted,
  ),
  serverBug(
    {
      id: 'no-up-to-date-check',
      mutation: "Votes without comparing the candidate's log with its own.",
      source: 'B009; akka-raft#30, jgroups-raft#14',
      caughtBy: ['leader-completeness', 'committed-never-removed', 'state-machine-safety'],
      needs: ['partition', 'crash'],
      rarity: 'easy',
    },
    NoUpToDateCheck,
  ),
  serverBug(
    {
      id: 'length-before-term',
      mutation: 'Compares the lengths of logs before their last terms.',
      source: 'B010; openraft a48a3282',
      caughtBy: ['leader-completeness', 'committed-never-removed', 'state-machine-safety'],
      needs: ['partition', 'crash'],
      rarity: 'medium',
    },
    LengthBeforeTerm,
  ),
  serverBug(
    {
      id: 'commit-index-as-log-position',
      mutation: "Compares the candidate's log with its own commit index.",
      source: 'B011; CCF#520',
      caughtBy: ['leader-completeness', 'committed-never-removed'],
      needs: ['delays', 'crash'],
      rarity: 'medium',
    },
    CommitIndexAsLogPosition,
  ),
  serverBug(
    {
      id: 'equal-log-refused',
      mutation: 'Votes only for a strictly better log.',
      source: 'B012; classic',
      caughtBy: ['leader-within-bound', 'liveness'],
      needs: [],
      rarity: 'easy',
    },
    EqualLogRefused,
  ),
  serverBug(
    {
      id: 'last-term-forgotten-by-compaction',
      mutation: 'Takes the last log term as 0 when everything is compacted.',
      source: 'B013; willemt/raft#118',
      caughtBy: ['leader-completeness', 'committed-never-removed'],
      needs: ['snapshots', 'crash'],
      rarity: 'medium',
    },
    LastTermForgottenByCompaction,
  ),
  serverBug(
    {
      id: 'half-is-enough',
      mutation: 'Takes half of the servers for a majority.',
      source: 'B014; openraft d60f1e85',
      caughtBy: ['election-quorum', 'committed-on-durable-quorum', 'election-safety'],
      needs: ['partition'],
      rarity: 'easy',
    },
    HalfIsEnough,
  ),
  serverBug(
    {
      id: 'fixed-timeouts',
      mutation: 'All servers have the same election timeout.',
      source: 'B017; Raft §5.2, seed document, split votes',
      caughtBy: ['leader-within-bound', 'liveness'],
      needs: [],
      rarity: 'easy',
    },
    FixedTimeouts,
  ),
  serverBug(
    {
      id: 'timer-reset-by-anything',
      mutation: 'Any message resets the election timer, also a refused vote request.',
      source: 'B019; MIT student guide to Raft',
      caughtBy: ['logs-converge', 'liveness'],
      needs: ['partition', 'one-way partition'],
      rarity: 'hard',
    },
    TimerResetByAnything,
  ),
  serverBug(
    {
      id: 'stale-leader-accepted',
      mutation: 'Takes AppendEntries of an earlier term as if it were of the current one.',
      source: 'B020; Raft §5.1',
      caughtBy: ['log-matching', 'committed-never-removed', 'state-machine-safety'],
      needs: ['partition', 'delays'],
      rarity: 'easy',
    },
    StaleLeaderAccepted,
  ),
  serverBug(
    {
      id: 'leader-resumes-after-restart',
      mutation: 'A restarted server goes on as leader of the term it voted for itself in.',
      source: 'B039; openraft ff9a9335',
      caughtBy: ['log-matching', 'election-safety', 'election-quorum'],
      needs: ['crash'],
      rarity: 'easy',
    },
    LeaderResumesAfterRestart,
  ),
  serverBug(
    {
      id: 'pre-votes-counted',
      mutation: 'Pre-votes count as votes when the real election begins.',
      source: 'B131; raft-rs#83',
      caughtBy: ['election-quorum', 'election-safety'],
      needs: ['preVote', 'partition'],
      rarity: 'medium',
    },
    PreVotesCounted,
  ),
  serverBug(
    {
      id: 'wiped-server-votes',
      mutation: 'A server whose disk was lost takes part as if it had promised nothing.',
      source: 'B098; classic; RethinkDB 2.2.3 (aphyr 330) similar',
      caughtBy: ['one-vote-a-term', 'leader-completeness', 'term-monotonic'],
      needs: ['disk loss'],
      rarity: 'medium',
    },
    WipedServerVotes,
  ),
];
