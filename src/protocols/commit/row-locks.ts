/** Exclusive row locks with a first-come queue. Who waits is a transaction's or a reader's name. */
export class RowLocks {
  readonly #holders = new Map<string, string>();
  readonly #queues = new Map<string, { readonly owner: string; readonly granted: () => void }[]>();

  holder(row: string): string | null {
    return this.#holders.get(row) ?? null;
  }

  /** Rows and their holders, for monitors and the story. */
  held(): ReadonlyMap<string, string> {
    return this.#holders;
  }

  /** Calls `granted` at once when the row is free or already `owner`'s, else in turn. */
  acquire(row: string, owner: string, granted: () => void): void {
    const holder = this.#holders.get(row);
    if (holder === undefined || holder === owner) {
      this.#holders.set(row, owner);
      granted();
      return;
    }
    const queue = this.#queues.get(row) ?? [];
    queue.push({ owner, granted });
    this.#queues.set(row, queue);
  }

  /** Gives back everything `owner` has, and its places in queues. */
  release(owner: string): void {
    for (const [row, queue] of this.#queues)
      this.#queues.set(
        row,
        queue.filter((waiter) => waiter.owner !== owner),
      );
    const rows = [...this.#holders].flatMap(([row, holder]) => (holder === owner ? [row] : []));
    for (const row of rows) this.#holders.delete(row);
    for (const row of rows) this.#grantNext(row);
  }

  #grantNext(row: string): void {
    while (!this.#holders.has(row)) {
      const next = this.#queues.get(row)?.shift();
      if (next === undefined) return;
      this.#holders.set(row, next.owner);
      // A reader gives the row back at once, from within: then the loop serves the next.
      next.granted();
    }
  }
}
