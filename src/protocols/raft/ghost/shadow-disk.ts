import type { NodeId } from '../../../sim/engine/env.ts';
import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { Entry } from '../entry.ts';
import type { RaftLog } from '../log.ts';

interface HardStateWrite {
  readonly kind: 'state';
  readonly term: number;
  readonly votedFor: NodeId | null;
}

interface SnapshotWrite {
  readonly kind: 'snapshot';
  readonly index: number;
  readonly keepsSuffix: boolean;
}

/** An entry is its own append, a number truncates from there, null ends what one sync covers. */
type Write = Entry | number | HardStateWrite | SnapshotWrite | null;

/** What of one server's writes is surely on its disk: the ghost that promises are measured against. */
export class ShadowDisk {
  term = 0;
  votedFor: NodeId | null = null;
  /** Last durable index; entries up to `covered` are in a snapshot. */
  lastIndex = 0;
  covered = 0;
  /** The disk was lost by a fault: nothing is known of it any more. */
  lost = false;
  /** By index. */
  readonly #entries: (Entry | undefined)[] = [];
  #pending: Write[] = [];

  [INNER_STATE](): unknown {
    return [this.#entries, this.#pending];
  }

  wroteState(term: number, votedFor: NodeId | null): void {
    this.#pending.push({ kind: 'state', term, votedFor });
  }

  wroteEntry(entry: Entry): void {
    this.#pending.push(entry);
  }

  wroteTruncation(fromIndex: number): void {
    this.#pending.push(fromIndex);
  }

  wroteSnapshot(index: number, keepsSuffix: boolean): void {
    this.#pending.push({ kind: 'snapshot', index, keepsSuffix });
  }

  syncIssued(): void {
    this.#pending.push(null);
  }

  syncDone(): void {
    const pending = this.#pending;
    let at = 0;
    for (; at < pending.length; at += 1) {
      const write = pending[at];
      if (write === null || write === undefined) break;
      this.#perform(write);
    }
    if (at + 1 >= pending.length) pending.length = 0;
    else this.#pending = pending.slice(at + 1);
  }

  /** True when this disk surely holds what `log` has at `index`. */
  holds(index: number, log: RaftLog): boolean {
    if (index <= this.covered || index <= log.compactedIndex) return index <= this.lastIndex;
    return index <= this.lastIndex && this.#entries[index]?.term === log.termAt(index);
  }

  /** True when this disk surely holds this entry. */
  holdsEntry(entry: Entry): boolean {
    if (entry.index <= this.covered) return true;
    return entry.index <= this.lastIndex && this.#entries[entry.index]?.term === entry.term;
  }

  /** The last durable index, when this disk has an entry of `term` at `index` and others after it; else 0. */
  suffixAfter(index: number, term: number): number {
    const holds = index <= this.lastIndex && this.#entries[index]?.term === term;
    return holds && index > this.covered && this.lastIndex > index ? this.lastIndex : 0;
  }

  /**
   * The last index that a restart must find again: later ones were being cut, or replaced by a snapshot, when the server
   * ended, and what was not synced may stand on the disk all the same.
   */
  mustRecover(): number {
    let least = this.lastIndex;
    for (const write of this.#pending)
      if (typeof write === 'number') least = Math.min(least, write - 1);
      else if (write !== null && 'kind' in write && write.kind === 'snapshot' && !write.keepsSuffix)
        least = Math.min(least, write.index);
    return least;
  }

  /** A restart found `log` on the disk: what goes beyond the durable part still awaits a sync. */
  restarted(log: RaftLog): void {
    this.#pending = [];
    let index = Math.max(this.covered, log.compactedIndex) + 1;
    const end = Math.min(this.lastIndex, log.lastIndex);
    while (index <= end && this.#entries[index]?.term === log.termAt(index)) index += 1;
    if (log.compactedIndex > this.covered)
      this.wroteSnapshot(log.compactedIndex, this.lastIndex >= log.compactedIndex);
    if (index <= this.lastIndex) this.wroteTruncation(index);
    for (; index <= log.lastIndex; index += 1) this.wroteEntry(log.at(index)!);
  }

  /** The fault took everything. */
  wipe(): void {
    this.lost = true;
    this.#pending = [];
    this.term = 0;
    this.votedFor = null;
    this.lastIndex = 0;
    this.covered = 0;
  }

  #perform(write: Exclude<Write, null>): void {
    if (typeof write === 'number') this.lastIndex = Math.min(this.lastIndex, write - 1);
    else if (!('kind' in write)) {
      this.#entries[write.index] = write;
      this.lastIndex = write.index;
    } else if (write.kind === 'state') {
      this.term = write.term;
      this.votedFor = write.votedFor;
    } else {
      this.covered = Math.max(this.covered, write.index);
      if (!write.keepsSuffix) this.lastIndex = write.index;
    }
  }
}
