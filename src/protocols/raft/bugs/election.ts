import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { AppendEntries, RaftMessage } from '../messages.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

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
export const electionBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'double-vote',
    'Grants its vote to every candidate of a term.',
    'B001; Raft §5.2; ktoso/akka-raft#47',
    ['one-vote-a-term', 'election-safety'],
    'delays',
    'easy',
    { core: DoubleVote },
  ),
  bug(
    'vote-erased-on-step-down',
    'Forgets its vote whenever it becomes a follower, also in the same term.',
    'B002; redpanda#14, redpanda#19, akka-raft#56',
    ['one-vote-a-term', 'election-safety'],
    ['delays', 'partition'],
    'medium',
    { core: VoteErasedOnStepDown },
  ),
  bug(
    'self-vote-not-saved',
    "A candidate's vote for itself never reaches the disk.",
    'B003; nebula#3415',
    ['promise-after-durable', 'one-vote-a-term'],
    ['crash', 'delays'],
    'medium',
    { core: SelfVoteNotSaved },
  ),
  bug(
    'vote-before-sync',
    'Tells its vote before the vote is on disk.',
    'B004; Raft Figure 2; nodedb#161',
    ['promise-after-durable', 'one-vote-a-term'],
    'power loss',
    'hard',
    { core: VoteBeforeSync },
  ),
  bug(
    'term-not-saved-on-campaign',
    'A candidate raises its term in memory only.',
    'B006; raft-java#57',
    ['promise-after-durable', 'term-monotonic'],
    'crash',
    'easy',
    { core: TermNotSavedOnCampaign },
  ),
  bug(
    'stale-vote-counted',
    'Counts a vote that was given to it in an earlier term.',
    'B007; xnnyygn/xraft#33',
    ['election-quorum', 'election-safety'],
    ['delays', 'reordering'],
    'medium',
    { core: StaleVoteCounted },
  ),
  bug(
    'repeated-vote-counted',
    'Counts votes instead of voters: a duplicated reply is two votes.',
    'B008; classic',
    ['election-quorum', 'election-safety'],
    'duplication',
    'easy',
    { core: RepeatedVoteCounted },
  ),
  bug(
    'no-up-to-date-check',
    "Votes without comparing the candidate's log with its own.",
    'B009; akka-raft#30, jgroups-raft#14',
    ['leader-completeness', 'committed-never-removed', 'state-machine-safety'],
    ['partition', 'crash'],
    'easy',
    { core: NoUpToDateCheck },
  ),
  bug(
    'length-before-term',
    'Compares the lengths of logs before their last terms.',
    'B010; openraft a48a3282',
    ['leader-completeness', 'committed-never-removed', 'state-machine-safety'],
    ['partition', 'crash'],
    'medium',
    { core: LengthBeforeTerm },
  ),
  bug(
    'commit-index-as-log-position',
    "Compares the candidate's log with its own commit index.",
    'B011; CCF#520',
    ['leader-completeness', 'committed-never-removed'],
    ['delays', 'crash'],
    'medium',
    { core: CommitIndexAsLogPosition },
  ),
  bug(
    'equal-log-refused',
    'Votes only for a strictly better log.',
    'B012; classic',
    ['leader-within-bound', 'liveness'],
    [],
    'easy',
    { core: EqualLogRefused },
  ),
  bug(
    'last-term-forgotten-by-compaction',
    'Takes the last log term as 0 when everything is compacted.',
    'B013; willemt/raft#118',
    ['leader-completeness', 'committed-never-removed'],
    ['snapshots', 'crash'],
    'medium',
    { core: LastTermForgottenByCompaction },
  ),
  bug(
    'half-is-enough',
    'Takes half of the servers for a majority.',
    'B014; openraft d60f1e85',
    ['election-quorum', 'committed-on-durable-quorum', 'election-safety'],
    'partition',
    'easy',
    { core: HalfIsEnough },
  ),
  bug(
    'fixed-timeouts',
    'All servers have the same election timeout.',
    'B017; Raft §5.2, seed document, split votes',
    ['leader-within-bound', 'liveness'],
    [],
    'easy',
    { core: FixedTimeouts },
  ),
  bug(
    'timer-reset-by-anything',
    'Any message resets the election timer, also a refused vote request.',
    'B019; MIT student guide to Raft',
    ['logs-converge', 'liveness'],
    ['partition', 'one-way partition'],
    'hard',
    { core: TimerResetByAnything },
  ),
  bug(
    'stale-leader-accepted',
    'Takes AppendEntries of an earlier term as if it were of the current one.',
    'B020; Raft §5.1',
    ['log-matching', 'committed-never-removed', 'state-machine-safety'],
    ['partition', 'delays'],
    'easy',
    { core: StaleLeaderAccepted },
  ),
  bug(
    'leader-resumes-after-restart',
    'A restarted server goes on as leader of the term it voted for itself in.',
    'B039; openraft ff9a9335',
    ['log-matching', 'election-safety', 'election-quorum'],
    'crash',
    'easy',
    { core: LeaderResumesAfterRestart },
  ),
  bug(
    'pre-votes-counted',
    'Pre-votes count as votes when the real election begins.',
    'B131; raft-rs#83',
    ['election-quorum', 'election-safety'],
    ['preVote', 'partition'],
    'medium',
    { core: PreVotesCounted },
  ),
  bug(
    'wiped-server-votes',
    'A server whose disk was lost takes part as if it had promised nothing.',
    'B098; classic; RethinkDB 2.2.3 (aphyr 330) similar',
    ['one-vote-a-term', 'leader-completeness', 'term-monotonic'],
    'disk loss',
    'medium',
    { core: WipedServerVotes },
  ),
];
