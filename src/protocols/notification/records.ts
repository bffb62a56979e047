import type { Change } from '../bank.ts';
import type { Fact } from './messages.ts';

/** A's database: a fact, and with an outbox whether the notifier has it. */
export interface SourceRecord extends Fact {
  readonly kind: 'fact' | 'published';
  readonly request: string;
  readonly debit: readonly Change[];
}

/** The notifier's table: one row a fact, its attempts and its end. */
export interface NotifierRecord extends Fact {
  readonly kind: 'pending' | 'attempt' | 'success' | 'failed';
}

/** B's database. */
export interface ReceiverRecord extends Fact {
  readonly kind: 'applied';
}
