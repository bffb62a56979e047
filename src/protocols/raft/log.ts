import { INNER_STATE } from '../../sim/engine/inner-state.ts';
import type { Entry } from './entry.ts';

/**
 * The log in memory: a compacted prefix known only by its last index and term, then the entries, contiguous.
 * Index 0 with term 0 stands before the first entry (Raft Figure 2: first index is 1).
 */
export class RaftLog {
  /** Last index covered by the snapshot; entries start right after. */
  compactedIndex = 0;
  compactedTerm = 0;
  /** Last index, cached: read on every message. */
  lastIndex = 0;
  #entries: Entry[] = [];
  #lineage: object = {};

  [INNER_STATE](): unknown {
    return [this.#entries];
  }

  /** The same object as long as entries were only appended, another when some went. */
  get lineage(): object {
    return this.#lineage;
  }

  get lastTerm(): number {
    const count = this.#entries.length;
    return count === 0 ? this.compactedTerm : this.#entries[count - 1]!.term;
  }

  /** How many entries are held in memory. */
  get size(): number {
    return this.#entries.length;
  }

  /** The entry, or undefined when compacted or beyond the end. */
  at(index: number): Entry | undefined {
    return this.#entries[index - this.compactedIndex - 1];
  }

  /** The term at an index; 0 for index 0; undefined when compacted away or beyond the end. */
  termAt(index: number): number | undefined {
    if (index === this.compactedIndex) return this.compactedTerm;
    return this.#entries[index - this.compactedIndex - 1]?.term;
  }

  append(entry: Entry): void {
    this.#entries.push(entry);
    this.lastIndex += 1;
  }

  /** Removes the entry at `index` and all that follow it. */
  truncateFrom(index: number): void {
    const kept = Math.max(0, index - this.compactedIndex - 1);
    if (kept < this.#entries.length) this.#lineage = {};
    this.#entries.length = kept;
    this.lastIndex = this.compactedIndex + this.#entries.length;
  }

  /** Up to `limit` entries from `from` on. */
  slice(from: number, limit: number): Entry[] {
    const start = from - this.compactedIndex - 1;
    return this.#entries.slice(start, start + limit);
  }

  /** Drops everything up to `index`, which the snapshot now covers; what lies beyond stays. */
  compactTo(index: number, term: number): void {
    this.#lineage = {};
    this.#entries.splice(0, index - this.compactedIndex);
    this.compactedIndex = index;
    this.compactedTerm = term;
    this.lastIndex = index + this.#entries.length;
  }

  /** Drops everything: the log now starts after a snapshot that ends at `index` (Raft Figure 13, rule 7). */
  resetTo(index: number, term: number): void {
    this.#lineage = {};
    this.#entries = [];
    this.compactedIndex = index;
    this.compactedTerm = term;
    this.lastIndex = index;
  }

  /** The first held index whose term is at least `term`; one past the end when there is none. Terms never fall. */
  firstIndexOfTerm(term: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.term >= term) high = middle;
      else low = middle + 1;
    }
    return this.compactedIndex + 1 + low;
  }

  /** The last held index of exactly this term, or 0 when no held entry has it. */
  lastIndexOfTerm(term: number): number {
    const index = this.firstIndexOfTerm(term + 1) - 1;
    return index > this.compactedIndex && this.termAt(index) === term ? index : 0;
  }
}
