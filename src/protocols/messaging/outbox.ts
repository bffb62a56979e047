import type { NodeId } from '../../sim/engine/env.ts';
import type { Content } from './records.ts';

/** A row of A's outbox, written by the local transaction whose message it holds. */
export interface OutboxRow {
  /** Of a sequence that is drawn when the transaction begins: rows become visible out of its order. */
  readonly id: number;
  readonly content: Content;
}

interface Claim {
  readonly relay: NodeId;
  readonly untilUs: number;
}

/** The outbox table of A: rows in the order of their commits, until the broker has them. */
export class Outbox {
  readonly #leaseUs: number;
  protected readonly unsent = new Map<string, OutboxRow>();
  readonly #claims = new Map<string, Claim>();

  /** `leaseUs`: how long a relay may keep what it has claimed, in µs of the database's clock. */
  constructor(leaseUs: number) {
    this.#leaseUs = leaseUs;
  }

  add(row: OutboxRow): void {
    this.unsent.set(row.content.key, row);
  }

  remove(key: string): void {
    const row = this.unsent.get(key);
    this.unsent.delete(key);
    if (row === undefined) return;
    const claim = this.claimOf(row);
    if (![...this.unsent.values()].some((other) => this.claimOf(other) === claim))
      this.#claims.delete(claim);
  }

  /** The rows that a relay may send: those that are committed and not sent. */
  protected due(committed: (key: string) => boolean): readonly OutboxRow[] {
    return [...this.unsent.values()].filter(({ content }) => committed(content.key));
  }

  /** What a relay claims as one: all rows of an account, so that their order is one relay's business. */
  protected claimOf({ content }: OutboxRow): string {
    return content.shardKey;
  }

  /** Gives `relay` the rows that no other has claimed, in batches that must each be sent in order. */
  poll(
    relay: NodeId,
    nowUs: number,
    committed: (key: string) => boolean,
  ): readonly (readonly OutboxRow[])[] {
    const batches = new Map<string, OutboxRow[]>();
    for (const row of this.due(committed)) {
      const name = this.claimOf(row);
      const claim = this.#claims.get(name);
      if (claim !== undefined && claim.relay !== relay && claim.untilUs > nowUs) continue;
      batches.set(name, [...(batches.get(name) ?? []), row]);
    }
    for (const name of batches.keys())
      this.#claims.set(name, { relay, untilUs: nowUs + this.#leaseUs });
    return [...batches.values()];
  }

  /** The broker has this row: which rows are sent. */
  sent(key: string): readonly string[] {
    return this.unsent.has(key) ? [key] : [];
  }
}
