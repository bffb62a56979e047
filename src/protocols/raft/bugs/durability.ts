import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { Entry } from '../entry.ts';
import type { RaftMessage } from '../messages.ts';
import { KeyValueMachine } from '../state-machine.ts';
import type { ApplyResult } from '../state-machine.ts';
import { RaftStore } from '../storage.ts';
import { serverBug } from './planted.ts';
import type { PlantedBug } from './planted.ts';

class AckBeforeSync extends Raft {
  override sendPromise(to: NodeId, message: RaftMessage): void {
    if (message.type === 'AppendEntriesReply') this.transmit(to, message);
    else super.sendPromise(to, message);
  }
}

class LateSyncMarksNewEntries extends Raft {
  protected override forgetDurable(): void {
    // Takes the end of an earlier sync for the new entries at the same indexes.
  }
}

/** Writes term and vote apart, and in every second term the vote comes too late. */
class ForgetfulStore extends RaftStore {
  override saveHardState(term: number, votedFor: NodeId | null): void {
    super.saveHardState(term, term % 2 === 0 ? null : votedFor);
  }
}

class VoteLostOnDisk extends Raft {
  protected override createStore(): RaftStore {
    return new ForgetfulStore(this.port.disk, this.id, this.observer);
  }
}

class LocalClockInApply extends Raft {
  protected override applyEntry(entry: Entry): ApplyResult {
    const command = entry.command;
    if (command?.f !== 'write' || typeof command.value !== 'number') return super.applyEntry(entry);
    const value = command.value + (this.port.wallUs() % 2);
    return super.applyEntry({ ...entry, command: { ...command, value } });
  }
}

class AppliesTwiceAfterRestart extends Raft {
  override start(): void {
    super.start();
    // "Applied" was saved one short of the state it belongs to.
    if (this.lastApplied > 0) this.lastApplied -= 1;
  }
}

class NoDedupMachine extends KeyValueMachine {
  protected override tookEffect(): boolean {
    return false;
  }
}

class NoDedup extends Raft {
  protected override createMachine(): KeyValueMachine {
    return new NoDedupMachine(this.config.sessionExpiryUs);
  }
}

/** Bugs of stable storage and of applying (Raft Figure 2). */
export const durabilityBugs: readonly PlantedBug[] = [
  serverBug(
    {
      id: 'ack-before-sync',
      mutation: 'A follower acknowledges entries before they are on disk.',
      source: 'B057; dragonboat#201, tikv#994',
      caughtBy: ['promise-after-durable', 'committed-on-durable-quorum', 'leader-completeness'],
      needs: ['power loss of a majority'],
      rarity: 'medium',
    },
    AckBeforeSync,
  ),
  serverBug(
    {
      id: 'late-sync-marks-new-entries',
      mutation:
        'A sync that ends late makes entries that replaced the synced ones count as durable.',
      source: 'B059; etcd async_storage_writes_append_aba_race, openraft 2af491fb',
      caughtBy: ['promise-after-durable', 'committed-on-durable-quorum'],
      needs: ['slow disk', 'partition'],
      rarity: 'hard',
    },
    LateSyncMarksNewEntries,
  ),
  serverBug(
    {
      id: 'vote-lost-on-disk',
      mutation: 'In every second term the disk gets the term without the vote.',
      source: 'B005; hashicorp/raft#661',
      caughtBy: ['promise-after-durable', 'one-vote-a-term'],
      needs: ['crash'],
      rarity: 'medium',
    },
    VoteLostOnDisk,
  ),
  serverBug(
    {
      id: 'local-clock-in-apply',
      mutation: 'The state machine looks at its own clock.',
      source: 'B064; seed document, replicated state machine',
      caughtBy: ['deterministic-apply', 'linearizable'],
      needs: [],
      rarity: 'easy',
    },
    LocalClockInApply,
  ),
  serverBug(
    {
      id: 'applies-twice-after-restart',
      mutation:
        'The applied index is saved apart from the state: after a restart an entry is applied again.',
      source: 'B061; etcd#13514, etcd#13967',
      caughtBy: ['apply-in-order', 'state-ordering'],
      needs: ['crash', 'snapshots'],
      rarity: 'medium',
    },
    AppliesTwiceAfterRestart,
  ),
  serverBug(
    {
      id: 'no-dedup',
      mutation: 'A retried command is applied again.',
      source: 'B112; sofa-jraft#1014, fluree#1839',
      caughtBy: ['exactly-once', 'linearizable', 'deterministic-apply'],
      needs: ['client timeouts'],
      rarity: 'easy',
    },
    NoDedup,
  ),
];
