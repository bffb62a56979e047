import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { Membership } from '../membership.ts';
import type { InstallSnapshot } from '../messages.ts';
import type { Progress } from '../progress.ts';
import { KeyValueMachine } from '../state-machine.ts';
import { RaftStore } from '../storage.ts';
import type { Snapshot } from '../storage.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

class SnapshotOffByOne extends Raft {
  protected override snapshotIndex(): number {
    return Math.min(this.lastApplied + 1, this.log.lastIndex);
  }
}

class UncommittedMembershipSaved extends Raft {
  protected override membershipForSnapshot(): Membership {
    return this.membership;
  }
}

class SessionsNotSavedMachine extends KeyValueMachine {
  override save(): unknown[] {
    return super.save().filter((record) => (record as readonly unknown[])[0] !== 'session');
  }
}

class SessionsNotSaved extends Raft {
  protected override createMachine(): KeyValueMachine {
    return new SessionsNotSavedMachine(this.config.sessionExpiryUs);
  }
}

class OldSnapshotAccepted extends Raft {
  protected override snapshotIsNews(request: InstallSnapshot): boolean {
    return request.lastIncludedIndex > this.log.compactedIndex;
  }

  protected override install(snapshot: Snapshot): void {
    this.replaceLog(snapshot);
  }
}

class InstallWipesLog extends Raft {
  protected override install(snapshot: Snapshot): void {
    this.replaceLog(snapshot);
  }
}

class InstallKeepsConflict extends Raft {
  protected override install(snapshot: Snapshot): void {
    if (this.log.lastIndex >= snapshot.lastIncludedIndex)
      this.advanceCommit(snapshot.lastIncludedIndex, false);
    else super.install(snapshot);
  }
}

class ChunksMixed extends Raft {
  protected override sameSnapshot(): boolean {
    return true;
  }

  protected override takeChunk(request: InstallSnapshot): boolean {
    return super.takeChunk(
      request.offset === 0 && this.receiving() ? { ...request, offset: -1 } : request,
    );
  }
}

class SnapshotNeverRetried extends Raft {
  readonly #lastSent: string[] = [];

  protected override sendSnapshot(peer: NodeId, progress: Progress): boolean {
    const index = (progress.snapshot ?? this.snapshot!).lastIncludedIndex;
    const chunk = `${this.currentTerm}/${index}/${progress.snapshotReceived}`;
    if (this.#lastSent[peer] === chunk) return false;
    this.#lastSent[peer] = chunk;
    return super.sendSnapshot(peer, progress);
  }
}

class HastyStore extends RaftStore {
  protected override whenDurable(action: () => void): void {
    action();
  }
}

class LogCutBeforeSnapshotDurable extends Raft {
  protected override createStore(): RaftStore {
    return new HastyStore(this.port.disk, this.id, this.observer);
  }
}

class PurgedLeaderSendsNothing extends Raft {
  protected override sendSnapshot(peer: NodeId, progress: Progress): boolean {
    return this.log.size > 0 && super.sendSnapshot(peer, progress);
  }
}

class TermFromSnapshot extends Raft {
  protected override replaceLog(snapshot: Snapshot): void {
    super.replaceLog(snapshot);
    this.currentTerm = snapshot.lastIncludedTerm;
  }
}

/** Bugs of snapshots and compaction (Raft §7, Figure 13). */
export const snapshotBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'snapshot-off-by-one',
    'A snapshot claims one entry more than it holds.',
    'B067; classic',
    ['snapshot-is-prefix', 'state-ordering', 'apply-in-order'],
    'snapshots',
    'easy',
    { core: SnapshotOffByOne },
  ),
  bug(
    'uncommitted-membership-in-snapshot',
    'A snapshot holds the latest membership, committed or not.',
    'B069; canonical/raft#250, canonical/raft#354',
    ['snapshot-is-prefix', 'latest-membership-in-force'],
    ['snapshots', 'membership change', 'partition'],
    'hard',
    { core: UncommittedMembershipSaved },
  ),
  bug(
    'sessions-missing-in-snapshot',
    'A snapshot leaves out the table of sessions.',
    'B070; dissertation §6.3; openraft#2096',
    ['snapshot-is-prefix', 'exactly-once', 'deterministic-apply'],
    ['snapshots', 'crash'],
    'medium',
    { core: SessionsNotSaved },
  ),
  bug(
    'old-snapshot-accepted',
    'Installs a snapshot that is older than its own state.',
    'B071; NuRaft#407',
    ['snapshot-moves-forward', 'committed-never-removed'],
    ['snapshots', 'reordering', 'duplication'],
    'medium',
    { core: OldSnapshotAccepted },
  ),
  bug(
    'install-wipes-log',
    'Installing a snapshot drops also the entries after it that were acknowledged.',
    'B072; Raft Figure 13, rule 6; camunda#6092',
    ['committed-on-durable-quorum', 'leader-completeness', 'snapshot-moves-forward'],
    ['snapshots', 'reordering'],
    'hard',
    { core: InstallWipesLog },
  ),
  bug(
    'install-keeps-conflict',
    'Installing a snapshot keeps a log that is long enough but another.',
    'B073; hashicorp/raft#697, camunda#10202',
    ['state-machine-safety', 'progress-is-sound'],
    ['snapshots', 'partition'],
    'hard',
    { core: InstallKeepsConflict },
  ),
  bug(
    'snapshot-chunks-mixed',
    'Adds a chunk of one snapshot to the chunks of another.',
    'B077; openraft 2eccb9e1',
    ['snapshot-is-prefix'],
    ['snapshots', 'reordering', 'crash'],
    'medium',
    { core: ChunksMixed },
  ),
  bug(
    'snapshot-never-retried',
    'A chunk that got lost is not sent again.',
    'B081; etcd TestSnapshotFailure',
    ['replication-progresses', 'liveness'],
    ['snapshots', 'loss'],
    'medium',
    { core: SnapshotNeverRetried },
  ),
  bug(
    'log-cut-before-snapshot-durable',
    'Removes log segments before the snapshot that replaces them is on disk.',
    'B079; redisraft#43, redisraft#654',
    ['recovery-is-faithful', 'term-monotonic'],
    ['snapshots', 'power loss of a disk that reorders writes'],
    'medium',
    { core: LogCutBeforeSnapshotDurable },
  ),
  bug(
    'purged-leader-sends-nothing',
    'A leader whose log is compacted away altogether sends no snapshot.',
    'B076; openraft afd6508b',
    ['replication-progresses', 'liveness'],
    ['snapshots', 'crash'],
    'hard',
    { core: PurgedLeaderSendsNothing },
  ),
  bug(
    'term-from-snapshot',
    "Takes the snapshot's term for the current one.",
    'B074; willemt/raft#118',
    ['term-monotonic', 'message-term'],
    'snapshots',
    'easy',
    { core: TermFromSnapshot },
  ),
];
