import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import { Raft } from '../core/raft.ts';
import type { Caller } from '../core/reads.ts';
import type { Entry } from '../entry.ts';
import type { ClientRequest } from '../messages.ts';
import type { Progress } from '../progress.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RaftClasses } from '../node.ts';

class FigureEight extends Raft {
  protected override mayCommitByCounting(): boolean {
    return true;
  }
}

class NoNoop extends Raft {
  protected override proposeNoop(): void {
    // Waits for a client instead.
  }
}

class LeaderCountsUnsynced extends Raft {
  protected override ownMatch(): number {
    return this.log.lastIndex;
  }

  protected override replicateToAll(): void {
    super.replicateToAll();
    this.countOwnEntries();
  }
}

class LearnerCounted extends Raft {
  override quorumValue(read: (progress: Progress) => number): number {
    const { voters, learners } = this.membership;
    return this.majorityValue([...voters, ...learners], read);
  }
}

class CommitNeedsEveryone extends Raft {
  protected override replicatedIndex(): number {
    const { voters, outgoing } = this.membership;
    const all = [...voters, ...(outgoing ?? [])];
    return Math.min(...all.map((id) => this.progress[id]?.matchIndex ?? 0));
  }
}

class RemovedLeaderCountsItself extends Raft {
  protected override majorityValue(
    voters: readonly NodeId[],
    read: (progress: Progress) => number,
  ): number {
    return super.majorityValue(voters.includes(this.id) ? voters : [...voters, this.id], read);
  }
}

class MedianOffByOne extends Raft {
  protected override replicatedIndex(): number {
    const { voters } = this.membership;
    const values = voters.map((id) => this.progress[id]?.matchIndex ?? 0).sort((a, b) => a - b);
    return values[values.length >> 1]!;
  }
}

class StaleQuorumCache extends Raft {
  readonly #order: NodeId[] = [];

  override [INNER_STATE](): unknown {
    return [super[INNER_STATE](), this.#order];
  }

  /** Keeps the voters sorted by moving only the last one seen to change, and only upwards past its neighbour. */
  protected override replicatedIndex(): number {
    const { voters } = this.membership;
    const match = (id: NodeId): number => this.progress[id]?.matchIndex ?? 0;
    if (this.#order.length !== voters.length) this.#order.splice(0, this.#order.length, ...voters);
    for (let at = 1; at < this.#order.length; at += 1)
      if (match(this.#order[at]!) > match(this.#order[at - 1]!)) {
        const moved = this.#order[at]!;
        this.#order[at] = this.#order[at - 1]!;
        this.#order[at - 1] = moved;
        break;
      }
    return match(this.#order[this.majority(voters.length) - 1]!);
  }
}

class ApplyOnAppend extends Raft {
  protected override appendEntry(entry: Entry): void {
    super.appendEntry(entry);
    if (this.lastApplied !== entry.index - 1) return;
    this.lastApplied = entry.index;
    const result = this.applyEntry(entry);
    this.observer?.applied(this, entry, result, this.machine.stateHash);
    this.entryApplied(entry, result);
  }
}

class ReplyAtAppend extends Raft {
  protected override proposeCommand(caller: Caller, request: ClientRequest): void {
    if (request.f === 'write') {
      const entry = this.propose({
        command: {
          session: request.session,
          sequence: request.sequence,
          f: request.f,
          key: request.key,
          value: request.value,
        },
        membership: null,
      });
      this.observer?.acknowledged(this, entry.index, entry);
      this.answer(caller, 'ok', null);
    } else super.proposeCommand(caller, request);
  }
}

/** Bugs of committing (Raft §5.3, §5.4.2). */
export const commitBugs: readonly PlantedBug<RaftClasses>[] = [
  bug(
    'figure-8',
    'A leader commits entries of earlier terms by counting replicas.',
    'B047; Raft §5.4.2, Figure 8; logcabin#44, PySyncObj#169, CCF#4472',
    ['own-term-commit', 'committed-never-removed', 'state-machine-safety'],
    ['crash', 'partition'],
    'hard',
    { core: FigureEight },
  ),
  bug(
    'no-noop',
    "A new leader appends no entry of its own at its term's start.",
    'B049; Raft §8; redisraft#22',
    ['logs-converge', 'liveness'],
    'crash',
    'medium',
    { core: NoNoop },
  ),
  bug(
    'leader-counts-unsynced',
    'A leader counts its own copy before it is on disk.',
    'B050; d-engine#444',
    ['promise-after-durable', 'committed-on-durable-quorum'],
    'power loss',
    'hard',
    { core: LeaderCountsUnsynced },
  ),
  bug(
    'learner-counted',
    'Learners count for commits.',
    'B051; openraft a10d9906, RedisLabs/raft#13',
    ['committed-on-durable-quorum'],
    ['learners', 'partition'],
    'medium',
    { core: LearnerCounted },
  ),
  bug(
    'commit-needs-everyone',
    'An entry is committed only when every voter holds it.',
    'write-all instead of a majority (Raft §5.3); stalls as long as one server is gone',
    ['liveness'],
    'a server that stays gone',
    'medium',
    { core: CommitNeedsEveryone },
  ),
  bug(
    'removed-leader-counts-itself',
    'A leader that is removing itself counts its own copy.',
    'B052; etcd confchange_v1_remove_leader',
    ['committed-on-durable-quorum'],
    'membership change',
    'medium',
    { core: RemovedLeaderCountsItself },
  ),
  bug(
    'median-off-by-one',
    'With an even number of voters half of them is enough to commit.',
    'B053; classic',
    ['committed-on-durable-quorum'],
    ['partition', 'an even number of voters'],
    'medium',
    { core: MedianOffByOne },
  ),
  bug(
    'stale-quorum-cache',
    'Keeps voters sorted by match incrementally, and not always sorted.',
    'B054; openraft#1802',
    ['committed-on-durable-quorum'],
    ['delays', 'reordering', 'five voters'],
    'hard',
    { core: StaleQuorumCache },
  ),
  bug(
    'apply-on-append',
    'Applies entries when they are stored, not when they are committed.',
    'B060; classic',
    ['state-ordering', 'state-machine-safety'],
    'partition',
    'easy',
    { core: ApplyOnAppend },
  ),
  bug(
    'reply-at-append',
    'Acknowledges a write when it is in the log of the leader.',
    'B120; classic',
    ['answers-are-committed', 'linearizable'],
    ['crash', 'partition'],
    'easy',
    { core: ReplyAtAppend },
  ),
];
