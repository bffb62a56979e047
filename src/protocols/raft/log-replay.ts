import { TORN_RECORD } from '../../sim/engine/env.ts';
import type { Entry } from './entry.ts';
import type { Snapshot } from './storage.ts';

/** The first record of a log segment: which entry its own follow. */
export interface SegmentHeader {
  readonly baseIndex: number;
  readonly baseTerm: number;
}

export type SegmentRecord = SegmentHeader | Entry | typeof TORN_RECORD;

/**
 * Rebuilds the log from its segments, in the order written. An entry is taken only when it stands on what is there:
 * right after an entry of the term it says. So a write that a power loss swallowed never lets a later one in.
 */
export class LogReplay {
  readonly #snapshot: Snapshot | null;
  #baseIndex = 0;
  #baseTerm = 0;
  #started = false;
  #entries: Entry[] = [];

  constructor(snapshot: Snapshot | null) {
    this.#snapshot = snapshot;
  }

  segment(records: readonly SegmentRecord[]): void {
    const header = records[0]!;
    if (header === TORN_RECORD || 'index' in header || !this.#follows(header)) return;
    this.#started = true;
    for (const record of records)
      if (record !== TORN_RECORD && 'index' in record) this.#take(record);
  }

  /** True when a segment with this header continues what was replayed so far, or starts the log. */
  #follows(header: SegmentHeader): boolean {
    const { baseIndex, baseTerm } = header;
    if (this.#started && this.#termAt(baseIndex) === baseTerm) return true;
    const snapshot = this.#snapshot;
    const onSnapshot =
      snapshot !== null &&
      baseIndex === snapshot.lastIncludedIndex &&
      baseTerm === snapshot.lastIncludedTerm;
    if (this.#started && !onSnapshot) return false;
    this.#baseIndex = baseIndex;
    this.#baseTerm = baseTerm;
    this.#entries = [];
    return true;
  }

  #take(entry: Entry): void {
    const known = this.#termAt(entry.index);
    if (known !== entry.term && entry.index <= this.#baseIndex) {
      // It replaced the entry that the first segment stood on; what it stands on itself is in the snapshot.
      this.#baseIndex = entry.index - 1;
      this.#baseTerm = entry.prevTerm;
      this.#entries = [entry];
      return;
    }
    if (known === entry.term || this.#termAt(entry.index - 1) !== entry.prevTerm) return;
    if (known !== undefined) this.#entries.length = entry.index - this.#baseIndex - 1;
    this.#entries.push(entry);
  }

  #termAt(index: number): number | undefined {
    if (index === this.#baseIndex) return this.#baseTerm;
    return this.#entries[index - this.#baseIndex - 1]?.term;
  }

  /** The entries after the snapshot: none when the log does not reach it, or disagrees with it. */
  entries(): Entry[] {
    const snapshot = this.#snapshot;
    if (snapshot === null) return this.#baseIndex === 0 ? this.#entries : [];
    const { lastIncludedIndex: index, lastIncludedTerm: term } = snapshot;
    if (this.#termAt(index) !== term) return [];
    return this.#entries.slice(index - this.#baseIndex);
  }
}
