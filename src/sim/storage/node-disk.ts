import { TORN_RECORD, type Disk } from '../engine/env.ts';
import { INNER_STATE, type WithInnerState } from '../engine/inner-state.ts';
import type { RandomStream } from '../engine/random.ts';

/** What the page cache had not written out when the power went. */
export type UnsyncedSurvival =
  /** Nothing of it is on the disk. */
  | 'none'
  /** A prefix, cut at a drawn place: the disk wrote in order. */
  | 'prefix'
  /** Each write by itself may or may not be there: the disk reordered. A lost append under a kept one is a hole. */
  | 'subset';

interface WriteOperation {
  readonly file: string;
  readonly kind: 'append' | 'truncate' | 'put' | 'remove';
  readonly record: unknown;
  readonly length: number;
}

type Files = Map<string, unknown[]>;

/**
 * The state of one node's disk: what processes read (`cached`), what a power loss leaves (`durable`), and the writes
 * between the two, oldest first.
 */
export class NodeDisk implements WithInnerState {
  #cached: Files = new Map();
  #durable: Files = new Map();
  #pending: WriteOperation[] = [];
  /** Writes ever made; write number k is `#pending[k - #settled]`. */
  #written = 0;
  #settled = 0;

  [INNER_STATE](): unknown {
    return [this.#cached, this.#durable, this.#pending];
  }

  /** How many writes there were so far: what a sync issued now covers. */
  written(): number {
    return this.#written;
  }

  read(file: string): readonly unknown[] {
    return this.#cached.get(file) ?? [];
  }

  /** The records a power loss would leave now; for tests and the story. */
  readDurable(file: string): readonly unknown[] {
    return this.#durable.get(file) ?? [];
  }

  write(kind: WriteOperation['kind'], file: string, record: unknown, length: number): void {
    const operation: WriteOperation = { file, kind, record, length };
    this.#written += 1;
    this.#pending.push(operation);
    apply(this.#cached, operation);
  }

  /** The first `through` writes reach the platter. */
  settle(through: number): void {
    const count = through - this.#settled;
    if (count <= 0) return;
    for (let index = 0; index < count; index += 1) apply(this.#durable, this.#pending[index]!);
    this.#pending.splice(0, count);
    this.#settled = through;
  }

  /**
   * The first `through` writes fail to reach the platter, and the page cache forgets that they should: a lost append
   * leaves a hole, a lost put or truncate the old content.
   */
  fail(through: number): void {
    const count = through - this.#settled;
    if (count <= 0) return;
    for (const operation of this.#pending.splice(0, count))
      if (operation.kind === 'append') apply(this.#durable, { ...operation, record: TORN_RECORD });
    this.#settled = through;
  }

  /** The power goes: what was not synced survives as `survival` says. Returns how many writes were lost. */
  losePower(survival: UnsyncedSurvival, tornPpm: number, stream: RandomStream): number {
    const pending = this.#pending;
    let lost = pending.length;
    if (survival === 'subset') {
      const holes = new Map<string, number>();
      for (const operation of pending) {
        const { file, kind } = operation;
        if (stream.chance(500_000)) {
          // An append has its place in the file, whether or not what comes before it was written.
          for (let hole = kind === 'append' ? (holes.get(file) ?? 0) : 0; hole > 0; hole -= 1)
            apply(this.#durable, { ...operation, record: TORN_RECORD });
          holes.delete(file);
          apply(this.#durable, operation);
          lost -= 1;
        } else if (kind === 'append') {
          holes.set(file, (holes.get(file) ?? 0) + 1);
        }
      }
    } else if (pending.length > 0) {
      const kept = survival === 'none' ? 0 : stream.below(pending.length + 1);
      for (let index = 0; index < kept; index += 1) apply(this.#durable, pending[index]!);
      lost -= kept;
      const cut = pending[kept];
      if (cut?.kind === 'append' && tornPpm > 0 && stream.chance(tornPpm))
        apply(this.#durable, { ...cut, record: TORN_RECORD });
    }
    this.#settled = this.#written;
    this.#pending = [];
    this.#cached = new Map([...this.#durable].map(([file, records]) => [file, [...records]]));
    return lost;
  }

  /** The disk is replaced by an empty one. */
  wipe(): void {
    this.#cached = new Map();
    this.#durable = new Map();
    this.#pending = [];
    this.#settled = this.#written;
  }
}

function apply(files: Files, operation: WriteOperation): void {
  const { file, record } = operation;
  const records = files.get(file);
  switch (operation.kind) {
    case 'append':
      if (records === undefined) files.set(file, [record]);
      else records.push(record);
      return;
    case 'truncate':
      if (records !== undefined && records.length > operation.length)
        records.length = operation.length;
      return;
    case 'put':
      files.set(file, [record]);
      return;
    case 'remove':
      files.delete(file);
  }
}

/** The {@link Disk} that one incarnation sees. `isCurrent` is false once the incarnation has ended. */
export class IncarnationDisk implements Disk {
  readonly #disk: NodeDisk;
  readonly #isCurrent: () => boolean;
  readonly #sync: (token: number) => void;

  constructor(disk: NodeDisk, isCurrent: () => boolean, sync: (token: number) => void) {
    this.#disk = disk;
    this.#isCurrent = isCurrent;
    this.#sync = sync;
  }

  read(file: string): readonly unknown[] {
    return this.#disk.read(file);
  }

  append(file: string, record: unknown): void {
    if (this.#isCurrent()) this.#disk.write('append', file, record, 0);
  }

  truncate(file: string, length: number): void {
    if (!Number.isInteger(length) || length < 0)
      throw new RangeError(
        `truncate('${file}', ${length}): expected how many records to keep, a whole number of 0 or more`,
      );
    if (this.#isCurrent()) this.#disk.write('truncate', file, undefined, length);
  }

  put(file: string, record: unknown): void {
    if (this.#isCurrent()) this.#disk.write('put', file, record, 0);
  }

  remove(file: string): void {
    if (this.#isCurrent()) this.#disk.write('remove', file, undefined, 0);
  }

  sync(token: number): void {
    if (this.#isCurrent()) this.#sync(token);
  }
}
