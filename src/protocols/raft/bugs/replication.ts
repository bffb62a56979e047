import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { Entry } from '../entry.ts';
import type { AppendEntries, AppendEntriesReply } from '../messages.ts';
import type { Progress } from '../progress.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

class NoConsistencyCheck extends Raft {
  protected override consistent(): boolean {
    return true;
  }
}

class PreviousTermIgnored extends Raft {
  protected override consistent(request: AppendEntries): boolean {
    return request.prevLogIndex <= this.log.lastIndex;
  }
}

class UnconditionalTruncation extends Raft {
  protected override storeEntries(entries: readonly Entry[]): void {
    const first = entries[0];
    if (
      first !== undefined &&
      first.index > this.log.compactedIndex &&
      first.index <= this.log.lastIndex
    )
      this.truncateLog(first.index);
    super.storeEntries(entries);
  }
}

class NoTruncation extends Raft {
  protected override conflicts(): boolean {
    return false;
  }
}

class HeartbeatTruncates extends Raft {
  protected override learnCommit(request: AppendEntries, lastNew: number): void {
    if (request.entries.length === 0 && lastNew < this.log.lastIndex) this.truncateLog(lastNew + 1);
    super.learnCommit(request, lastNew);
  }
}

class AcknowledgesWholeLog extends Raft {
  protected override matchToReport(): number {
    return this.log.lastIndex;
  }
}

class MatchMayFall extends Raft {
  protected override raiseMatch(progress: Progress, matchIndex: number): boolean {
    progress.matchIndex = matchIndex;
    return true;
  }
}

class MatchSetAtSend extends Raft {
  protected override sendNext(peer: NodeId, progress: Progress): boolean {
    const sent = super.sendNext(peer, progress);
    if (sent && progress.mode === 'replicate' && progress.nextIndex - 1 > progress.matchIndex) {
      progress.matchIndex = progress.nextIndex - 1;
      this.observer?.matchAdvanced(this, peer, progress.matchIndex, progress.session);
      this.matchAdvanced(peer, progress);
    }
    return sent;
  }
}

class NextMayFallBelowMatch extends Raft {
  protected override rejectionIsNews(): boolean {
    return true;
  }

  protected override nextAfterRejection(_progress: Progress, reply: AppendEntriesReply): number {
    return Math.max(1, Math.min(this.skipConflictingTerm(reply), reply.rejectedIndex));
  }
}

class AckOfEarlierTermCounted extends Raft {
  protected override answersThisTerm(): boolean {
    return true;
  }

  protected override answersThisSession(): boolean {
    return true;
  }
}

class AckOfEarlierSessionCounted extends Raft {
  protected override answersThisSession(): boolean {
    return true;
  }
}

class BacktrackingNeverArrives extends Raft {
  protected override nextAfterRejection(progress: Progress, reply: AppendEntriesReply): number {
    return Math.max(progress.matchIndex + 1, reply.rejectedIndex + 1);
  }
}

class StepDownTruncates extends Raft {
  override becomeFollower(term: number, leader: NodeId | null): void {
    const wasFollower = this.role === 'follower';
    super.becomeFollower(term, leader);
    if (!wasFollower && this.log.lastIndex > this.commitIndex)
      this.truncateLog(this.commitIndex + 1);
  }
}

class HoleAfterRejection extends Raft {
  protected override rejectionIsNews(progress: Progress, reply: AppendEntriesReply): boolean {
    return progress.mode !== 'replicate' && super.rejectionIsNews(progress, reply);
  }

  protected override noticeLoss(): void {
    // Believes in what it sent.
  }
}

class IndexReused extends Raft {
  protected override propose(content: Parameters<Raft['propose']>[0]): Entry {
    const entry = super.propose(content);
    // Its own write failed, but the message is on its way.
    if (entry.index % 20 === 0) this.truncateLog(entry.index);
    return entry;
  }
}

class CommitBeyondLog extends Raft {
  protected override learnCommit(request: AppendEntries): void {
    this.advanceCommit(request.leaderCommit, false);
  }
}

class CommitUpToOwnLast extends Raft {
  protected override learnCommit(request: AppendEntries): void {
    this.advanceCommit(Math.min(request.leaderCommit, this.log.lastIndex), false);
  }
}

class CommitRegresses extends Raft {
  protected override learnCommit(request: AppendEntries, lastNew: number): void {
    super.learnCommit(request, lastNew);
    if (request.entries.length > 0) this.commitIndex = Math.min(request.leaderCommit, lastNew);
  }
}

/** Bugs of log replication (Raft §5.3). */
export const replicationBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'no-consistency-check',
    'Appends entries without looking at the entry before them.',
    'B023; Raft §5.3',
    ['log-matching', 'log-shape', 'progress-is-sound'],
    'loss',
    'easy',
    { core: NoConsistencyCheck },
  ),
  bug(
    'previous-term-ignored',
    'The consistency check compares the index before, not its term.',
    'B024; Raft §5.3',
    ['log-matching', 'promise-after-durable', 'state-machine-safety'],
    'partition',
    'easy',
    { core: PreviousTermIgnored },
  ),
  bug(
    'unconditional-truncation',
    'Cuts its log at every AppendEntries with entries, conflict or not.',
    'B025; openraft 9540c904, CCF#5991',
    ['committed-never-removed', 'committed-on-durable-quorum'],
    ['reordering', 'duplication'],
    'medium',
    { core: UnconditionalTruncation },
  ),
  bug(
    'no-truncation',
    'Keeps its own entries where the leader has others.',
    'Raft §5.3',
    ['log-matching', 'state-machine-safety', 'progress-is-sound', 'replication-progresses'],
    'partition',
    'easy',
    { core: NoTruncation },
  ),
  bug(
    'heartbeat-truncates',
    'An empty AppendEntries cuts everything after the entry it names.',
    'B026; raftos#26',
    ['committed-never-removed', 'committed-on-durable-quorum', 'promise-after-durable'],
    'reordering',
    'medium',
    { core: HeartbeatTruncates },
  ),
  bug(
    'acknowledges-whole-log',
    'Acknowledges its own last index instead of the last one that was checked.',
    'B027; CCF#6001',
    [
      'progress-is-sound',
      'committed-on-durable-quorum',
      'state-machine-safety',
      'promise-after-durable',
    ],
    'partition',
    'medium',
    { core: AcknowledgesWholeLog },
  ),
  bug(
    'match-may-fall',
    'The leader takes a late acknowledgement for the latest.',
    'B028; PySyncObj#167, raftos#25',
    ['progress-is-sound', 'liveness'],
    'reordering',
    'hard',
    { core: MatchMayFall },
  ),
  bug(
    'match-set-at-send',
    'The leader counts entries as replicated when it sends them.',
    'B029; classic',
    ['progress-is-sound', 'committed-on-durable-quorum'],
    'loss',
    'easy',
    { core: MatchSetAtSend },
  ),
  bug(
    'next-below-match',
    'A late rejection moves the next index below what is known to match.',
    'B030, B031; PySyncObj#167, etcd-io/raft#149, CCF#3723, openraft fbbf37b1',
    ['progress-is-sound', 'liveness'],
    ['reordering', 'delays'],
    'medium',
    { core: NextMayFallBelowMatch },
  ),
  bug(
    'ack-of-earlier-term-counted',
    'A leader counts acknowledgements of an earlier leadership.',
    'B032; willemt/raft#97, openraft a80579ef',
    ['progress-is-sound', 'committed-on-durable-quorum'],
    ['reordering', 'crash'],
    'medium',
    { core: AckOfEarlierTermCounted },
  ),
  bug(
    'ack-of-earlier-session-counted',
    'Counts acknowledgements from before the member was removed and added again.',
    'B033; raft-rs#571, etcd-io/raft#349',
    ['progress-is-sound', 'liveness'],
    ['membership change', 'delays'],
    'hard',
    { core: AckOfEarlierSessionCounted },
  ),
  bug(
    'backtracking-never-arrives',
    'After a rejection the leader tries the same place again.',
    'B035; openraft 6d53aa12',
    ['replication-progresses', 'liveness'],
    'partition',
    'medium',
    { core: BacktrackingNeverArrives },
  ),
  bug(
    'step-down-truncates',
    'A server that becomes follower drops everything that is not committed.',
    'B037; CCF#5674, camunda#57393',
    ['committed-never-removed', 'committed-on-durable-quorum', 'leader-completeness'],
    'partition',
    'medium',
    { core: StepDownTruncates },
  ),
  bug(
    'hole-after-rejection',
    'A pipelining leader ignores rejections and goes on behind the hole.',
    'B041; etcd#14633',
    ['logs-converge', 'liveness'],
    'loss',
    'medium',
    { core: HoleAfterRejection },
  ),
  bug(
    'index-reused',
    'A leader whose own write failed gives the index to the next entry, though it was sent.',
    'B038; canonical/raft#320',
    ['leader-append-only', 'log-matching', 'state-machine-safety'],
    [],
    'medium',
    { core: IndexReused },
  ),
  bug(
    'commit-beyond-log',
    "A follower takes over the leader's commit index as it is.",
    'B042; Raft Figure 2',
    ['state-ordering', 'state-machine-safety'],
    'reordering',
    'medium',
    { core: CommitBeyondLog },
  ),
  bug(
    'commit-up-to-own-last',
    'A follower commits up to its own last entry, not the last that was checked.',
    'B043; willemt/raft#118',
    ['state-machine-safety', 'committed-never-removed'],
    'partition',
    'medium',
    { core: CommitUpToOwnLast },
  ),
  bug(
    'commit-regresses',
    'A late AppendEntries lowers the commit index.',
    'B045; PySyncObj#166',
    ['commit-monotonic', 'state-ordering'],
    'delays',
    'easy',
    { core: CommitRegresses },
  ),
];
