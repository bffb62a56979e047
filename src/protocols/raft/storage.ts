import { TORN_RECORD } from '../../sim/engine/env.ts';
import type { Disk, NodeId } from '../../sim/engine/env.ts';
import type { Entry } from './entry.ts';
import type { Membership } from './membership.ts';
import type { DiskObserver } from './observer.ts';

/** The state machine at `lastIncludedIndex`, with what the log before it said (Raft §7). */
export interface Snapshot {
  readonly lastIncludedIndex: number;
  readonly lastIncludedTerm: number;
  /** The membership in force at that index. */
  readonly membership: Membership;
  readonly records: readonly unknown[];
}

/** What a server finds on its disk when it starts. */
export interface Recovered {
  readonly term: number;
  readonly votedFor: NodeId | null;
  readonly snapshot: Snapshot | null;
  /** Contiguous, starting right after the snapshot. */
  readonly entries: readonly Entry[];
  /** False when this disk never belonged to a server: a first boot, or a lost disk. */
  readonly used: boolean;
}

interface SegmentHeader {
  /** Index of the entry before the segment's first. */
  readonly baseIndex: number;
}

interface SnapshotFile {
  readonly snapshot: Snapshot;
  /** The first log segment that holds entries after the snapshot. */
  readonly firstSegment: number;
}

/**
 * The server's files: `state` (term and vote, one record, replaced as a whole), `snapshot`, and the log in segments
 * `log-0`, `log-1`, ...: a new segment begins with each snapshot, so that old entries go by removing whole files.
 * Writes reach the disk's cache at once and are promises only after a sync.
 */
export class RaftStore {
  readonly #disk: Disk;
  readonly #id: NodeId;
  readonly #observer: DiskObserver | null;
  /** Base index of each live segment; the last is the one written to. */
  #bases: number[] = [];
  #firstSegment = 0;
  #currentFile = '';
  /** Index of the last whole record found by {@link recover}. */
  #endOnDisk = 0;

  constructor(disk: Disk, id: NodeId, observer: DiskObserver | null) {
    this.#disk = disk;
    this.#id = id;
    this.#observer = observer;
  }

  /** Reads everything back and repairs what a power loss left half-written. */
  recover(): Recovered {
    const state = last(this.#disk.read('state')) as { term: number; votedFor: NodeId | null } | undefined;
    const file = last(this.#disk.read('snapshot')) as SnapshotFile | undefined;
    const snapshot = file?.snapshot ?? null;
    this.#firstSegment = file?.firstSegment ?? 0;
    const entries = this.#readSegments(snapshot?.lastIncludedIndex ?? 0);
    if (this.#bases.length === 0) this.#startSegment(snapshot?.lastIncludedIndex ?? 0);
    else if (snapshot !== null && this.#endsBefore(snapshot, entries)) this.#startAfter(snapshot);
    return {
      term: state?.term ?? 0,
      votedFor: state?.votedFor ?? null,
      snapshot,
      entries,
      used: state !== undefined,
    };
  }

  /** Term and vote in one atomic write: apart, a crash between them could forget the vote but keep the term. */
  saveHardState(term: number, votedFor: NodeId | null): void {
    this.#disk.put('state', { term, votedFor });
    this.#observer?.wroteHardState(this.#id, term, votedFor);
  }

  append(entry: Entry): void {
    this.#disk.append(this.#currentFile, entry);
    this.#observer?.wroteEntry(this.#id, entry);
  }

  truncateFrom(index: number): void {
    while (this.#bases.length > 1 && this.#bases[this.#bases.length - 1]! >= index) {
      this.#disk.remove(this.#currentFile);
      this.#bases.pop();
      this.#currentFile = this.#fileAt(this.#bases.length - 1);
    }
    const base = this.#bases[this.#bases.length - 1]!;
    this.#disk.truncate(this.#currentFile, Math.max(1, index - base));
    this.#observer?.wroteTruncation(this.#id, index);
  }

  /**
   * Writes a snapshot beside the log. `lastIndex` is the log's end; entries after the snapshot stay readable unless
   * `keepsSuffix` is false. The covered segments stay on disk until {@link dropCovered}, after the next sync.
   */
  saveSnapshot(snapshot: Snapshot, lastIndex: number, keepsSuffix: boolean): void {
    const covered = snapshot.lastIncludedIndex;
    this.#startSegment(keepsSuffix ? lastIndex : covered);
    let first = this.#firstSegment;
    if (!keepsSuffix) first += this.#bases.length - 1;
    else
      for (let at = 1; at < this.#bases.length && this.#bases[at]! <= covered; at += 1)
        first = this.#firstSegment + at;
    const file: SnapshotFile = { snapshot, firstSegment: first };
    this.#disk.put('snapshot', file);
    this.#observer?.wroteSnapshot(this.#id, snapshot, keepsSuffix);
  }

  /** Removes the segments that the durable snapshot covers. Call only after its sync has completed (Raft §7). */
  dropCovered(): void {
    const file = last(this.#disk.read('snapshot')) as SnapshotFile | undefined;
    while (file !== undefined && this.#firstSegment < file.firstSegment) {
      this.#disk.remove(`log-${this.#firstSegment}`);
      this.#firstSegment += 1;
      this.#bases.shift();
    }
  }

  sync(token: number): void {
    this.#observer?.syncIssued(this.#id);
    this.#disk.sync(token);
  }

  /** To be called when a sync has succeeded, before anything is promised on its strength. */
  synced(): void {
    this.#observer?.syncDone(this.#id);
  }

  #fileAt(position: number): string {
    return `log-${this.#firstSegment + position}`;
  }

  #startSegment(baseIndex: number): void {
    this.#bases.push(baseIndex);
    this.#currentFile = this.#fileAt(this.#bases.length - 1);
    this.#disk.remove(this.#currentFile);
    this.#disk.append(this.#currentFile, { baseIndex } satisfies SegmentHeader);
  }

  /** Reads segment after segment as long as they are whole and contiguous; whatever follows a gap is cut off. */
  #readSegments(covered: number): Entry[] {
    const entries: Entry[] = [];
    let expected = -1;
    for (;;) {
      const file = this.#fileAt(this.#bases.length);
      const records = this.#disk.read(file);
      const header = records[0] as SegmentHeader | typeof TORN_RECORD | undefined;
      if (header === undefined) break;
      if (header === TORN_RECORD || (expected !== -1 && header.baseIndex !== expected)) {
        this.#removeFrom(this.#firstSegment + this.#bases.length);
        break;
      }
      this.#bases.push(header.baseIndex);
      this.#currentFile = file;
      expected = header.baseIndex;
      for (let at = 1; at < records.length; at += 1) {
        const record = records[at] as Entry | typeof TORN_RECORD;
        if (record === TORN_RECORD || record.index !== expected + 1) {
          this.#disk.truncate(file, at);
          break;
        }
        expected = record.index;
        if (record.index > covered) entries.push(record);
      }
    }
    this.#endOnDisk = expected;
    return entries;
  }

  /** True when the log on disk stops short of its snapshot: appending to it would leave a hole. */
  #endsBefore(snapshot: Snapshot, entries: readonly Entry[]): boolean {
    return entries.length === 0 && this.#endOnDisk < snapshot.lastIncludedIndex;
  }

  #startAfter(snapshot: Snapshot): void {
    this.#firstSegment += this.#bases.length;
    this.#bases = [];
    this.#startSegment(snapshot.lastIncludedIndex);
    this.#disk.put('snapshot', { snapshot, firstSegment: this.#firstSegment } satisfies SnapshotFile);
  }

  #removeFrom(segment: number): void {
    for (let at = segment; this.#disk.read(`log-${at}`).length > 0; at += 1)
      this.#disk.remove(`log-${at}`);
  }
}

function last(records: readonly unknown[]): unknown {
  const record = records[records.length - 1];
  return record === TORN_RECORD ? undefined : record;
}
