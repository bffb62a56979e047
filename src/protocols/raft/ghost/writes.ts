import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { OperationRequest } from '../../protocol.ts';

/** A write as its client saw it; times are places in the order of all invocations and answers. */
export interface SeenWrite {
  readonly key: string;
  readonly value: unknown;
  readonly invokedAt: number;
  /** Infinity while it is not completed. */
  completedAt: number;
  failed: boolean;
}

interface KeyWrites {
  /** By value; null when the value was written more than once, so that it says nothing. */
  readonly byValue: Map<unknown, SeenWrite | null>;
  /** Among completed writes, the one that began last. */
  latest: SeenWrite | null;
  /** Appends and deletions make values that no single operation has written. */
  opaque: boolean;
}

/** What clients wrote, known from clients alone: some answers no order of these writes explains. */
export class Writes {
  readonly #keys = new Map<string, KeyWrites>();
  #clock = 0;

  [INNER_STATE](): unknown {
    return [this.#keys, this.#clock];
  }

  /** Null for operations that write nothing. */
  invoked({ f, key, value }: OperationRequest): SeenWrite | null {
    this.#clock += 1;
    if (f === 'read') return null;
    const writes = this.#of(key ?? '');
    if (f !== 'write' && f !== 'cas') {
      writes.opaque = true;
      return null;
    }
    const written = f === 'cas' ? (value as readonly unknown[])[1] : value;
    const seen: SeenWrite = {
      key: key ?? '',
      value: written,
      invokedAt: this.#clock,
      completedAt: Infinity,
      failed: false,
    };
    writes.byValue.set(written, writes.byValue.has(written) ? null : seen);
    // Whether a compare-and-set wrote is told only by its answer; it is not counted as the latest.
    return f === 'write' ? seen : null;
  }

  failed(write: SeenWrite | null): void {
    if (write !== null) write.failed = true;
  }

  completed(write: SeenWrite | null): void {
    if (write === null) return;
    this.#clock += 1;
    write.completedAt = this.#clock;
    const writes = this.#of(write.key);
    if (writes.latest === null || write.invokedAt > writes.latest.invokedAt) writes.latest = write;
  }

  /** The completed write of the key that began last. */
  latest(key: string): SeenWrite | null {
    return this.#keys.get(key)?.latest ?? null;
  }

  /** True for a value that nobody ever began to write to this key. */
  isUnknown(key: string, value: unknown): boolean {
    const writes = this.#keys.get(key);
    // Objects are compared by content elsewhere; here only what a map can tell apart.
    if (typeof value === 'object' || value === undefined || writes?.opaque === true) return false;
    return writes?.byValue.has(value) !== true;
  }

  /**
   * Why no order explains a read of `value`, or null: nobody wrote it; or it was overwritten by a write (`before`) that
   * began after it had ended, and that itself had ended when the read began.
   */
  refutes(key: string, value: unknown, before: SeenWrite | null): string | null {
    if (this.isUnknown(key, value)) return 'nobody ever wrote this value';
    const writes = this.#keys.get(key);
    if (writes === undefined || writes.opaque) return null;
    if (writes.byValue.get(value)?.failed === true) return 'its write was told to have failed';
    if (before === null) return null;
    if (writes.byValue.get(before.value) !== before) return null;
    const read = writes.byValue.get(value);
    if (value === null && read === undefined)
      return `${JSON.stringify(before.value)} had been written before`;
    if (read === undefined || read === null || read === before) return null;
    if (read.completedAt >= before.invokedAt) return null;
    return `${JSON.stringify(before.value)} had overwritten it before the read began`;
  }

  #of(key: string): KeyWrites {
    let writes = this.#keys.get(key);
    if (writes === undefined)
      this.#keys.set(key, (writes = { byValue: new Map(), latest: null, opaque: false }));
    return writes;
  }
}
