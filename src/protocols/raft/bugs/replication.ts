import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { Entry } from '../entry.ts';
import type { AppendEntries, AppendEntriesReply } from '../messages.ts';
import type { Progress } from '../progress.ts';
import { serverBug } from './planted.ts';
import type { PlantedBug } from './planted.ts';

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
export const replicationBugs: readonly PlantedBug[] = [
  serverBug(
    {
      id: 'no-consistency-check',
      mutation: 'Appends entries without looking at the entry before them.',
      source: 'B023; Raft §5.3',
      caughtBy: ['log-matching', 'log-shape', 'progress-is-sound'],
      needs: ['loss'],
      rarity: 'easy',
    },
    NoConsistencyCheck,
  ),
  serverBug(
    {
      id: 'previous-term-ignored',
      mutation: 'The consistency check compares the index before, not its term.',
      source: 'B024; Raft §5.3',
      caughtBy: ['log-matching', 'promise-after-durable', 'state-machine-safety'],
      needs: ['partition'],
      rarity: 'easy',
    },
    PreviousTermIgnored,
  ),
  serverBug(
    {
      id: 'unconditional-truncation',
      mutation: 'Cuts its log at every AppendEntries with entries, conflict or not.',
      source: 'B025; openraft 9540c904, CCF#5991',
      caughtBy: ['committed-never-removed', 'committed-on-durable-quorum'],
      needs: ['reordering', 'duplication'],
      rarity: 'medium',
    },
    UnconditionalTruncation,
  ),
  serverBug(
    {
      id: 'no-truncation',
      mutation: 'Keeps its own entries where the leader has others.',
      source: 'Raft §5.3',
      caughtBy: [
        'log-matching',
        'state-machine-safety',
        'progress-is-sound',
        'replication-progresses',
      ],
      needs: ['partition'],
      rarity: 'easy',
    },
    NoTruncation,
  ),
  serverBug(
    {
      id: 'heartbeat-truncates',
      mutation: 'An empty AppendEntries cuts everything after the entry it names.',
      source: 'B026; raftos#26',
      caughtBy: ['committed-never-removed', 'committed-on-durable-quorum', 'promise-after-durable'],
      needs: ['reordering'],
      rarity: 'medium',
    },
    HeartbeatTruncates,
  ),
  serverBug(
    {
      id: 'acknowledges-whole-log',
      mutation: 'Acknowledges its own last index instead of the last one that was checked.',
      source: 'B027; CCF#6001',
      caughtBy: [
        'progress-is-sound',
        'committed-on-durable-quorum',
        'state-machine-safety',
        'promise-after-durable',
      ],
      needs: ['partition'],
      rarity: 'medium',
    },
    AcknowledgesWholeLog,
  ),
  serverBug(
    {
      id: 'match-may-fall',
      mutation: 'The leader takes a late acknowledgement for the latest.',
      source: 'B028; PySyncObj#167, raftos#25',
      caughtBy: ['progress-is-sound', 'liveness'],
      needs: ['reordering'],
      rarity: 'hard',
    },
    MatchMayFall,
  ),
  serverBug(
    {
      id: 'match-set-at-send',
      mutation: 'The leader counts entries as replicated when it sends them.',
      source: 'B029; classic',
      caughtBy: ['progress-is-sound', 'committed-on-durable-quorum'],
      needs: ['loss'],
      rarity: 'easy',
    },
    MatchSetAtSend,
  ),
  serverBug(
    {
      id: 'next-below-match',
      mutation: 'A late rejection moves the next index below what is known to match.',
      source: 'B030, B031; PySyncObj#167, etcd-io/raft#149, CCF#3723, openraft fbbf37b1',
      caughtBy: ['progress-is-sound', 'liveness'],
      needs: ['reordering', 'delays'],
      rarity: 'medium',
    },
    NextMayFallBelowMatch,
  ),
  serverBug(
    {
      id: 'ack-of-earlier-term-counted',
      mutation: 'A leader counts acknowledgements of an earlier leadership.',
      source: 'B032; willemt/raft#97, openraft a80579ef',
      caughtBy: ['progress-is-sound', 'committed-on-durable-quorum'],
      needs: ['reordering', 'crash'],
      rarity: 'medium',
    },
    AckOfEarlierTermCounted,
  ),
  serverBug(
    {
      id: 'ack-of-earlier-session-counted',
      mutation: 'Counts acknowledgements from before the member was removed and added again.',
      source: 'B033; raft-rs#571, etcd-io/raft#349',
      caughtBy: ['progress-is-sound', 'liveness'],
      needs: ['membership change', 'delays'],
      rarity: 'hard',
    },
    AckOfEarlierSessionCounted,
  ),
  serverBug(
    {
      id: 'backtracking-never-arrives',
      mutation: 'After a rejection the leader tries the same place again.',
      source: 'B035; openraft 6d53aa12',
      caughtBy: ['replication-progresses', 'liveness'],
      needs: ['partition'],
      rarity: 'medium',
    },
    BacktrackingNeverArrives,
  ),
  serverBug(
    {
      id: 'step-down-truncates',
      mutation: 'A server that becomes follower drops everything that is not committed.',
      source: 'B037; CCF#5674, camunda#57393',
      caughtBy: ['committed-never-removed', 'committed-on-durable-quorum', 'leader-completeness'],
      needs: ['partition'],
      rarity: 'medium',
    },
    StepDownTruncates,
  ),
  serverBug(
    {
      id: 'hole-after-rejection',
      mutation: 'A pipelining leader ignores rejections and goes on behind the hole.',
      source: 'B041; etcd#14633',
      caughtBy: ['logs-converge', 'liveness'],
      needs: ['loss'],
      rarity: 'medium',
    },
    HoleAfterRejection,
  ),
  serverBug(
    {
      id: 'index-reused',
      mutation:
        'A leader whose own write failed gives the index to the next entry, though it was sent.',
      source: 'B038; canonical/raft#320',
      caughtBy: ['leader-append-only', 'log-matching', 'state-machine-safety'],
      needs: [],
      rarity: 'medium',
    },
    IndexReused,
  ),
  serverBug(
    {
      id: 'commit-beyond-log',
      mutation: "A follower takes over the leader's commit index as it is.",
      source: 'B042; Raft Figure 2',
      caughtBy: ['state-ordering', 'state-machine-safety'],
      needs: ['reordering'],
      rarity: 'medium',
    },
    CommitBeyondLog,
  ),
  serverBug(
    {
      id: 'commit-up-to-own-last',
      mutation: 'A follower commits up to its own last entry, not the last that was checked.',
      source: 'B043; willemt/raft#118',
      caughtBy: ['state-machine-safety', 'committed-never-removed'],
      needs: ['partition'],
      rarity: 'medium',
    },
    CommitUpToOwnLast,
  ),
  serverBug(
    {
      id: 'commit-regresses',
      mutation: 'A late AppendEntries lowers the commit index.',
      source: 'B045; PySyncObj#166',
      caughtBy: ['commit-monotonic', 'state-ordering'],
      needs: ['delays'],
      rarity: 'easy',
    },
    CommitRegresses,
  ),
];
