import type { NodeId } from '../../../sim/engine/env.ts';
import { Raft } from '../core/raft.ts';
import type { Entry } from '../entry.ts';
import type { RaftMessage } from '../messages.ts';
import { KeyValueMachine } from '../state-machine.ts';
import type { ApplyResult } from '../state-machine.ts';
import { RaftStore } from '../storage.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

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
export const durabilityBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'ack-before-sync',
    'A follower acknowledges entries before they are on disk.',
    'B057; dragonboat#201, tikv#994',
    ['promise-after-durable', 'committed-on-durable-quorum', 'leader-completeness'],
    'power loss of a majority',
    'medium',
    { core: AckBeforeSync },
  ),
  bug(
    'late-sync-marks-new-entries',
    'A sync that ends late makes entries that replaced the synced ones count as durable.',
    'B059; etcd async_storage_writes_append_aba_race, openraft 2af491fb',
    ['promise-after-durable', 'committed-on-durable-quorum'],
    ['slow disk', 'partition'],
    'hard',
    { core: LateSyncMarksNewEntries },
  ),
  bug(
    'vote-lost-on-disk',
    'In every second term the disk gets the term without the vote.',
    'B005; hashicorp/raft#661',
    ['promise-after-durable', 'one-vote-a-term'],
    'crash',
    'medium',
    { core: VoteLostOnDisk },
  ),
  bug(
    'local-clock-in-apply',
    'The state machine looks at its own clock.',
    'B064; seed document, replicated state machine',
    ['deterministic-apply', 'linearizable'],
    [],
    'easy',
    { core: LocalClockInApply },
  ),
  bug(
    'applies-twice-after-restart',
    'The applied index is saved apart from the state: after a restart an entry is applied again.',
    'B061; etcd#13514, etcd#13967',
    ['apply-in-order', 'state-ordering'],
    ['crash', 'snapshots'],
    'medium',
    { core: AppliesTwiceAfterRestart },
  ),
  bug(
    'no-dedup',
    'A retried command is applied again.',
    'B112; sofa-jraft#1014, fluree#1839',
    ['exactly-once', 'linearizable', 'deterministic-apply'],
    'client timeouts',
    'easy',
    { core: NoDedup },
  ),
];
