import type { Transfer } from './messages.ts';

export type RowState = 'debited' | 'barred' | 'reversed';

/** A's database as a process of A sees it. Answers come when they are durable. */
export interface Ledger {
  /** How the key ended; undefined: not yet, or nothing is known here. */
  known(key: string): RowState | undefined;
  /** Draws the number of an outbox row for a transaction that begins. */
  nextOutboxId(): number;
  /** The local transaction; the same answer when it is asked again. `uncovered`: there is not enough. */
  debit(
    transfer: Transfer,
    outboxId: number,
    then: (state: 'debited' | 'barred' | 'uncovered') => void,
  ): void;
  /** Whether there is a debit now; there may be one later. */
  select(key: string, then: (committed: boolean) => void): void;
  /** As {@link select}, and when there is none there will be none: a row of the key bars it (dtm's QueryPrepared). */
  bar(key: string, then: (committed: boolean) => void): void;
  /** Undoes the debit. Silent when there was never one. */
  takeBack(key: string, then: () => void): void;
}
