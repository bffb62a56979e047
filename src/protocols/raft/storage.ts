import { TORN_RECORD } from '../../sim/engine/env.ts';
import { INNER_STATE } from '../../sim/engine/inner-state.ts';
import type { Disk, NodeId } from '../../sim/engine/env.ts';
import type { Entry } from './entry.ts';
import { LogReplay } from './log-replay.ts';
import type { SegmentRecord } from './log-replay.ts';
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

interface HardState {
  readonly term: number;
  readonly votedFor: NodeId | null;
}

interface SnapshotFile {
  readonly snapshot: Snapshot | null;
  /** Where the log begins. */
  readonly firstSegment: number;
}

/**
 * The server's files: `state` (term and vote, one record, replaced as a whole), `snapshot` (with the number of the
 * first log segment), and the log in segments `log-0`, `log-1`, ..., to which entries are only ever added: one whose
 * index is taken replaces it and all that followed. Writes reach the disk's cache at once and are promises only after
 * a sync. Files go only when what replaces them is durable.
 */
export class RaftStore {
  readonly #disk: Disk;
  readonly #id: NodeId;
  readonly #observer: DiskObserver | null;
  #firstSegment = 0;
  #segment = 0;
  /** Last index in each segment from the first on, except the current one. */
  #segmentEnds: number[] = [];
  #snapshot: Snapshot | null = null;
  /** What to do when the syncs under way end, oldest first. */
  readonly #afterSync: ((() => void) | null)[] = [];
  #next: (() => void) | null = null;

  [INNER_STATE](): unknown {
    return [
      this.#firstSegment,
      this.#segment,
      this.#segmentEnds,
      this.#snapshot,
      this.#afterSync.length,
      this.#next !== null,
    ];
  }

  constructor(disk: Disk, id: NodeId, observer: DiskObserver | null) {
    this.#disk = disk;
    this.#id = id;
    this.#observer = observer;
  }

  /** Reads everything back, as far as it is whole. */
  recover(): Recovered {
    const state = this.#last('state') as HardState | undefined;
    const file = this.#last('snapshot') as SnapshotFile | undefined;
    this.#snapshot = file?.snapshot ?? null;
    this.#firstSegment = file?.firstSegment ?? 0;
    const replay = new LogReplay(this.#snapshot);
    this.#segment = this.#firstSegment;
    for (;;) {
      const records = this.#disk.read(`log-${this.#segment}`) as readonly SegmentRecord[];
      if (records.length === 0) break;
      replay.segment(records);
      this.#segment += 1;
    }
    const entries = replay.entries();
    this.#rewrite(entries);
    return {
      term: state?.term ?? 0,
      votedFor: state?.votedFor ?? null,
      snapshot: this.#snapshot,
      entries,
      used: state !== undefined,
    };
  }

  /**
   * What was read may stand in the page cache only, even after a sync failed on it: it is written anew. The old files
   * go in two steps, first the pointer to them, then they themselves.
   */
  #rewrite(entries: readonly Entry[]): void {
    const old = this.#firstSegment;
    const base = this.#snapshot;
    if (base !== null) this.#putSnapshotFile();
    this.#beginSegment(base?.lastIncludedIndex ?? 0, base?.lastIncludedTerm ?? 0);
    for (const entry of entries) this.#disk.append(`log-${this.#segment}`, entry);
    if (this.#segment === old) return;
    const fresh = this.#segment;
    this.#segmentEnds = new Array<number>(fresh - old).fill(Number.MAX_SAFE_INTEGER);
    this.#next = () => {
      if (this.#firstSegment < fresh) this.#dropBefore(fresh);
    };
  }

  /** Term and vote in one atomic write: apart, a crash between them could forget the vote but keep the term. */
  saveHardState(term: number, votedFor: NodeId | null): void {
    this.#disk.put('state', { term, votedFor } satisfies HardState);
    this.#observer?.wroteHardState(this.#id, term, votedFor);
  }

  append(entry: Entry): void {
    this.#disk.append(`log-${this.#segment}`, entry);
    this.#observer?.wroteEntry(this.#id, entry);
  }

  /** The next entry replaces what stands from `index` on; nothing needs to be written before it. */
  truncateFrom(index: number): void {
    this.#observer?.wroteTruncation(this.#id, index);
  }

  /** Writes a snapshot; entries after it stay. `lastIndex` and `lastTerm` are the log's end. */
  saveSnapshot(snapshot: Snapshot, lastIndex: number, lastTerm: number): void {
    this.#snapshot = snapshot;
    this.#segmentEnds.push(lastIndex);
    this.#segment += 1;
    this.#beginSegment(lastIndex, lastTerm);
    let keep = this.#firstSegment;
    for (const end of this.#segmentEnds) {
      if (end > snapshot.lastIncludedIndex) break;
      keep += 1;
    }
    this.#putSnapshotAndDrop(keep);
    this.#observer?.wroteSnapshot(this.#id, snapshot, true);
  }

  /** Writes a snapshot that replaces the whole log. */
  replaceBySnapshot(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#segmentEnds.push(snapshot.lastIncludedIndex);
    this.#segment += 1;
    this.#beginSegment(snapshot.lastIncludedIndex, snapshot.lastIncludedTerm);
    this.#putSnapshotAndDrop(this.#segment);
    this.#observer?.wroteSnapshot(this.#id, snapshot, false);
  }

  sync(token: number): void {
    this.#afterSync.push(this.#next);
    this.#next = null;
    this.#observer?.syncIssued(this.#id);
    this.#disk.sync(token);
  }

  /** To be called when a sync has succeeded, before anything is promised on its strength. */
  synced(): void {
    this.#observer?.syncDone(this.#id);
    this.#afterSync.shift()?.();
  }

  #beginSegment(baseIndex: number, baseTerm: number): void {
    const file = `log-${this.#segment}`;
    this.#disk.remove(file);
    this.#disk.append(file, { baseIndex, baseTerm } satisfies SegmentRecord);
  }

  #putSnapshotFile(): void {
    this.#disk.put('snapshot', {
      snapshot: this.#snapshot,
      firstSegment: this.#firstSegment,
    } satisfies SnapshotFile);
  }

  /** The log now begins at `segment`; what came before is removed once that is durable. */
  #putSnapshotAndDrop(segment: number): void {
    const from = this.#firstSegment;
    this.#segmentEnds.splice(0, segment - from);
    this.#firstSegment = segment;
    this.#putSnapshotFile();
    this.whenDurable(() => {
      for (let at = from; at < segment; at += 1) this.#disk.remove(`log-${at}`);
    });
  }

  /** Files go only after the sync that makes what replaces them durable (Raft §7). */
  protected whenDurable(action: () => void): void {
    const before = this.#next;
    this.#next = () => {
      before?.();
      action();
    };
  }

  #dropBefore(segment: number): void {
    this.#segmentEnds = this.#segmentEnds.slice(segment - this.#firstSegment);
    this.#putSnapshotAndDrop(segment);
  }

  #last(file: string): unknown {
    const records = this.#disk.read(file);
    const record = records[records.length - 1];
    return record === TORN_RECORD ? undefined : record;
  }
}
