import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import { describeEntry, sameEntry } from '../entry.ts';
import type { Entry } from '../entry.ts';
import type { RaftView } from '../observer.ts';
import type { Committed } from './committed.ts';
import type { Judge } from './judge.ts';

interface Seen {
  readonly entry: Entry;
  /** Term of the entry before it: with every entry checked, (index, term) stands for the whole prefix. */
  readonly prevTerm: number;
}

/** Below 2^53 for terms below 2^20. */
const TERMS = 0x10_0000;

/** The logs, committed or not: log matching and what may be added or removed (Raft Figure 3, §5.3). */
export class Logs {
  readonly #judge: Judge;
  readonly #committed: Committed;
  readonly #seen = new Map<number, Seen>();

  [INNER_STATE](): unknown {
    return [this.#seen];
  }

  constructor(judge: Judge, committed: Committed) {
    this.#judge = judge;
    this.#committed = committed;
  }

  appended(node: RaftView, entry: Entry, prevTerm: number): void {
    const { index, term } = entry;
    const key = index * TERMS + term;
    const seen = this.#seen.get(key);
    if (seen === undefined) this.#seen.set(key, { entry, prevTerm });
    else if (seen.prevTerm !== prevTerm || !sameEntry(seen.entry, entry))
      this.#logsDiffer(node, entry, prevTerm, seen);
    if (index !== node.log.lastIndex || term < prevTerm || term > node.currentTerm)
      this.#badShape(node, entry, prevTerm);
  }

  #logsDiffer(node: RaftView, entry: Entry, prevTerm: number, seen: Seen): void {
    const { index, term } = entry;
    const name = this.#judge.name(node.id);
    const same = sameEntry(seen.entry, entry);
    this.#judge.violated(
      'log-matching',
      [node.id],
      `${name} stored an entry of term ${term} at index ${index} that differs from another server's entry of the same term and index, or stands on another log.`,
      [
        `${name} has "${describeEntry(entry)}" after an entry of term ${prevTerm}`,
        `first seen as "${describeEntry(seen.entry)}" after an entry of term ${seen.prevTerm}`,
        same
          ? 'the consistency check let an entry in whose predecessor does not match'
          : 'one leader made two entries with the same index and term',
      ],
    );
  }

  #badShape(node: RaftView, entry: Entry, prevTerm: number): void {
    this.#judge.violated(
      'log-shape',
      [node.id],
      `${this.#judge.name(node.id)} stored an entry of index ${entry.index} and term ${entry.term} where it cannot stand.`,
      [
        `its log ends at ${node.log.lastIndex}, the entry before has term ${prevTerm}, the current term is ${node.currentTerm}`,
      ],
    );
  }

  /** Entries from `fromIndex` on are about to go. */
  truncating(node: RaftView, fromIndex: number): void {
    const name = this.#judge.name(node.id);
    if (node.role === 'leader')
      this.#judge.violated(
        'leader-append-only',
        [node.id],
        `${name} removed entries from index ${fromIndex} on while leading term ${node.currentTerm}.`,
        ['a leader never overwrites or deletes entries of its own log (Raft Figure 3)'],
      );
    const committed = this.#committed.entryAt(fromIndex);
    const entry = node.log.at(fromIndex);
    const removesCommitted =
      fromIndex <= node.commitIndex ||
      (committed !== undefined &&
        entry !== undefined &&
        committed.term === entry.term &&
        // A server that still follows an earlier leader was not counted for the commitment: its copy may go.
        node.currentTerm >= this.#committed.committedInTerm(fromIndex));
    if (!removesCommitted) return;
    this.#judge.violated(
      'committed-never-removed',
      [node.id],
      `${name} removed the committed entry at index ${fromIndex} (term ${entry?.term ?? 0}).`,
      [
        this.#committed.describe(fromIndex),
        `${name} is in term ${node.currentTerm} with commit index ${node.commitIndex}`,
      ],
    );
  }
}
