/** Why a lock was lost before it was released. */
export type LossReason = 'extension failed' | 'deadline';

/** Tells a holder once that its lock is gone: the shape of an AbortSignal, without a world outside the simulation. */
export class LossSignal {
  /** Null: not lost, as far as the holder can know. */
  reason: LossReason | null = null;
  readonly #listeners: (() => void)[] = [];

  get aborted(): boolean {
    return this.reason !== null;
  }

  /** Calls `listener` when the lock is lost; at once when it is lost already. */
  onAbort(listener: () => void): void {
    if (this.aborted) listener();
    else this.#listeners.push(listener);
  }

  /** Only the first loss counts. */
  abort(reason: LossReason): void {
    if (this.aborted) return;
    this.reason = reason;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
