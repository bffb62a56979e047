import { TORN_RECORD, type Disk, type DiskError } from '../sim/engine/env.ts';

/** What a monitor is told of a node's log. Positions count records from 1 within one incarnation. */
export interface LogObserver<R> {
  /** The incarnation has read its log: all of it is durable now. */
  logRecovered(records: readonly R[]): void;
  logAppended(record: R, position: number): void;
  /** A force was asked for. */
  logForced(): void;
  /** Everything up to `position` is durable. */
  logDurable(position: number): void;
}

/**
 * A write-ahead log on the simulated disk, in one file. Records are promises only once forced.
 *
 * Recovery reads up to the first torn record and rewrites what it found as one record (write aside, rename over), then
 * forces it: what was read may have stood in the page cache only, even after a sync had failed on it. Only then does the
 * owner act. A failed force ends in recovery too: what it covered may be lost for good (fsync's "error once" semantics),
 * so the owner must forget its volatile state and begin again from the disk.
 */
export class StableLog<R> {
  readonly #disk: Disk;
  readonly #file: string;
  readonly #observer: LogObserver<R> | null;
  #appended = 0;
  #token = 0;
  /** Forces of an earlier life of this log are not ours. */
  #firstToken = 1;
  readonly #waiting = new Map<number, { readonly position: number; readonly then: () => void }>();

  constructor(disk: Disk, file: string, observer: LogObserver<R> | null) {
    this.#disk = disk;
    this.#file = file;
    this.#observer = observer;
  }

  /** Reads the log and calls `ready` with its records once they are durable. */
  recover(ready: (records: readonly R[]) => void): void {
    const records: R[] = [];
    for (const record of this.#disk.read(this.#file)) {
      if (record === TORN_RECORD) break;
      if (isCheckpoint<R>(record)) records.push(...record.checkpoint);
      else records.push(record as R);
    }
    this.rewrite(records, () => {
      ready(records);
    });
  }

  /** Replaces the whole log and calls `then` once that is durable; forces under way are forgotten. */
  rewrite(records: readonly R[], then: () => void): void {
    const kept = [...records];
    this.#waiting.clear();
    this.#firstToken = this.#token + 1;
    this.#disk.put(this.#file, { checkpoint: kept } satisfies Checkpoint<R>);
    this.#appended = 0;
    this.#sync(0, () => {
      this.#observer?.logRecovered(kept);
      then();
    });
  }

  append(record: R): void {
    this.#disk.append(this.#file, record);
    this.#appended += 1;
    this.#observer?.logAppended(record, this.#appended);
  }

  /** Makes everything appended so far durable, then calls `then`. */
  force(then: () => void): void {
    this.#observer?.logForced();
    this.#sync(this.#appended, then);
  }

  /** True when the log failed and its owner must recover; to be called from `onSynced`. */
  synced(token: number, error: DiskError | null): boolean {
    const forced = this.#waiting.get(token);
    if (token < this.#firstToken || forced === undefined) return false;
    this.#waiting.delete(token);
    if (error !== null) return true;
    if (forced.position > 0) this.#observer?.logDurable(forced.position);
    forced.then();
    return false;
  }

  #sync(position: number, then: () => void): void {
    this.#token += 1;
    this.#waiting.set(this.#token, { position, then });
    this.#disk.sync(this.#token);
  }
}

interface Checkpoint<R> {
  readonly checkpoint: readonly R[];
}

function isCheckpoint<R>(record: unknown): record is Checkpoint<R> {
  return typeof record === 'object' && record !== null && 'checkpoint' in record;
}
