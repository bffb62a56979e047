import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { NodeId } from '../../../sim/engine/env.ts';
import type { RaftConfig } from '../config.ts';
import type { Entry } from '../entry.ts';
import type { AppendEntries } from '../messages.ts';
import type { RaftView } from '../observer.ts';
import type { Judge } from './judge.ts';

/** Beyond what the configuration allows: entries that no limit stops (no-ops, memberships). */
const SLACK_ENTRIES = 8;

/** What a server may pile up is bounded by its configuration (etcd: MaxUncommittedEntriesSize, MaxInflightMsgs). */
export class Resources {
  readonly #judge: Judge;
  readonly #config: RaftConfig;
  /** By server: the index of its last snapshot. */
  readonly #snapshots: number[] = [];

  [INNER_STATE](): unknown {
    return [this.#snapshots];
  }

  constructor(judge: Judge, config: RaftConfig) {
    this.#judge = judge;
    this.#config = config;
  }

  /** A leader takes no commands beyond its limit of uncommitted ones. */
  appended(node: RaftView, entry: Entry): void {
    if (entry.command === null || node.role !== 'leader') return;
    const uncommitted = entry.index - node.commitIndex;
    if (uncommitted <= this.#config.uncommittedEntries + SLACK_ENTRIES) return;
    this.#exceeded(
      node,
      `has taken a command as its ${uncommitted}th uncommitted entry; the limit is ${this.#config.uncommittedEntries}`,
    );
  }

  /** A leader that pipelines sends no more ahead of the acknowledgements than its limit. */
  appendSent(node: RaftView, to: NodeId, { prevLogIndex, entries }: AppendEntries): void {
    const progress = node.progress[to];
    if (entries.length === 0 || progress?.mode !== 'replicate') return;
    const inflight = prevLogIndex + entries.length - progress.matchIndex;
    if (inflight <= this.#config.inflightEntries) return;
    this.#exceeded(
      node,
      `has ${inflight} entries under way to ${this.#judge.name(to)}; the limit is ${this.#config.inflightEntries}`,
    );
  }

  /** A server starts: what it had not made durable of its snapshots is gone. */
  started(node: RaftView): void {
    this.#snapshots[node.id] = node.log.compactedIndex;
  }

  snapshotTaken(node: RaftView, index: number): void {
    this.#snapshots[node.id] = index;
  }

  /**
   * More is about to be applied: a snapshot that was due then has been taken. Its entries stay until it is durable, which a
   * stalled disk may put off for ever, and one advance may apply a whole log after a restart: neither is judged.
   */
  advanced(node: RaftView): void {
    const { snapshotEvery } = this.#config;
    if (snapshotEvery === 0) return;
    const since =
      node.lastApplied - Math.max(node.log.compactedIndex, this.#snapshots[node.id] ?? 0);
    if (since <= 2 * snapshotEvery) return;
    this.#exceeded(
      node,
      `has applied ${since} entries since its last snapshot; one is due every ${snapshotEvery}`,
    );
  }

  #exceeded(node: RaftView, what: string): void {
    this.#judge.violated(
      'resources-are-bounded',
      [node.id],
      `${this.#judge.name(node.id)}, ${node.role} of term ${node.currentTerm}, ${what}.`,
      ['what is not bounded grows until the process dies'],
    );
  }
}
