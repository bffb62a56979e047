import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { Membership } from '../membership.ts';
import type { InstallSnapshot } from '../messages.ts';
import type { Progress } from '../progress.ts';
import { KeyValueMachine } from '../state-machine.ts';
import { RaftStore } from '../storage.ts';
import type { Snapshot } from '../storage.ts';
import { serverBug } from './planted.ts';
import type { PlantedBug } from './planted.ts';

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
export const snapshotBugs: readonly PlantedBug[] = [
  serverBug(
    {
      id: 'snapshot-off-by-one',
      mutation: 'A snapshot claims one entry more than it holds.',
      source: 'B067; classic',
      caughtBy: ['snapshot-is-prefix', 'state-ordering', 'apply-in-order'],
      needs: ['snapshots'],
      rarity: 'easy',
    },
    SnapshotOffByOne,
  ),
  serverBug(
    {
      id: 'uncommitted-membership-in-snapshot',
      mutation: 'A snapshot holds the latest membership, committed or not.',
      source: 'B069; canonical/raft#250, canonical/raft#354',
      caughtBy: ['snapshot-is-prefix', 'latest-membership-in-force'],
      needs: ['snapshots', 'membership change', 'partition'],
      rarity: 'hard',
    },
    UncommittedMembershipSaved,
  ),
  serverBug(
    {
      id: 'sessions-missing-in-snapshot',
      mutation: 'A snapshot leaves out the table of sessions.',
      source: 'B070; dissertation §6.3; openraft#2096',
      caughtBy: ['snapshot-is-prefix', 'exactly-once', 'deterministic-apply'],
      needs: ['snapshots', 'crash'],
      rarity: 'medium',
    },
    SessionsNotSaved,
  ),
  serverBug(
    {
      id: 'old-snapshot-accepted',
      mutation: 'Installs a snapshot that is older than its own state.',
      source: 'B071; NuRaft#407',
      caughtBy: ['snapshot-moves-forward', 'committed-never-removed'],
      needs: ['snapshots', 'reordering', 'duplication'],
      rarity: 'medium',
    },
    OldSnapshotAccepted,
  ),
  serverBug(
    {
      id: 'install-wipes-log',
      mutation: 'Installing a snapshot drops also the entries after it that were acknowledged.',
      source: 'B072; Raft Figure 13, rule 6; camunda#6092',
      caughtBy: ['committed-on-durable-quorum', 'leader-completeness', 'snapshot-moves-forward'],
      needs: ['snapshots', 'reordering'],
      rarity: 'hard',
    },
    InstallWipesLog,
  ),
  serverBug(
    {
      id: 'install-keeps-conflict',
      mutation: 'Installing a snapshot keeps a log that is long enough but another.',
      source: 'B073; hashicorp/raft#697, camunda#10202',
      caughtBy: ['state-machine-safety', 'progress-is-sound'],
      needs: ['snapshots', 'partition'],
      rarity: 'hard',
    },
    InstallKeepsConflict,
  ),
  serverBug(
    {
      id: 'snapshot-chunks-mixed',
      mutation: 'Adds a chunk of one snapshot to the chunks of another.',
      source: 'B077; openraft 2eccb9e1',
      caughtBy: ['snapshot-is-prefix'],
      needs: ['snapshots', 'reordering', 'crash'],
      rarity: 'medium',
    },
    ChunksMixed,
  ),
  serverBug(
    {
      id: 'snapshot-never-retried',
      mutation: 'A chunk that got lost is not sent again.',
      source: 'B081; etcd TestSnapshotFailure',
      caughtBy: ['replication-progresses', 'liveness'],
      needs: ['snapshots', 'loss'],
      rarity: 'medium',
    },
    SnapshotNeverRetried,
  ),
  serverBug(
    {
      id: 'log-cut-before-snapshot-durable',
      mutation: 'Removes log segments before the snapshot that replaces them is on disk.',
      source: 'B079; redisraft#43, redisraft#654',
      caughtBy: ['recovery-is-faithful', 'term-monotonic'],
      needs: ['snapshots', 'power loss of a disk that reorders writes'],
      rarity: 'medium',
    },
    LogCutBeforeSnapshotDurable,
  ),
  serverBug(
    {
      id: 'purged-leader-sends-nothing',
      mutation: 'A leader whose log is compacted away altogether sends no snapshot.',
      source: 'B076; openraft afd6508b',
      caughtBy: ['replication-progresses', 'liveness'],
      needs: ['snapshots', 'crash'],
      rarity: 'hard',
    },
    PurgedLeaderSendsNothing,
  ),
  serverBug(
    {
      id: 'term-from-snapshot',
      mutation: "Takes the snapshot's term for the current one.",
      source: 'B074; willemt/raft#118',
      caughtBy: ['term-monotonic', 'message-term'],
      needs: ['snapshots'],
      rarity: 'easy',
    },
    TermFromSnapshot,
  ),
];
