import type { Change } from '../bank.ts';
import type { Fact } from './messages.ts';

/** A's database: a fact, and with an outbox whether the notifier has it. */
export interface SourceRecord extends Fact {
  readonly kind: 'fact' | 'published';
  readonly request: string;
  readonly debit: readonly Change[];
}

/**
 * The table of notifications, the notifier's own or the shared database's: one row a fact, its attempts, what is known of the
 * last one, its end, and that somebody was alarmed.
 */
export interface TableRecord extends Fact {
  readonly kind: 'pending' | 'attempt' | 'unanswered' | 'success' | 'failed' | 'alarmed';
}

/** B's database. */
export interface ReceiverRecord extends Fact {
  readonly kind: 'applied';
}
