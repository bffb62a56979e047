import type { Message } from '../../sim/engine/env.ts';
import type { Change as BankChange } from '../bank.ts';

/** What happened at A: the state of `key` is now `version` (paid is 1, refunded is 2, ...). */
export interface Fact {
  readonly key: string;
  readonly version: number;
  /** What B has to do about it; empty: only to know it. */
  readonly effect: readonly BankChange[];
}

/** A client changes the state of `key` at A. */
export interface Change extends Message {
  readonly type: 'Change';
  readonly key: string;
  /** The same when the client asks again. */
  readonly request: string;
  /** A's own part, in the same local transaction; B's part. */
  readonly debit: readonly BankChange[];
  readonly effect: readonly BankChange[];
}
export interface ChangeReply extends Message {
  readonly type: 'ChangeReply';
  /** 0: there was no cover, nothing has happened. */
  readonly version: number;
}
/** What an account of A, or of B, holds. */
export interface Balance extends Message {
  readonly type: 'Balance';
  readonly account: string;
}
export interface BalanceReply extends Message {
  readonly type: 'BalanceReply';
  readonly amount: number;
}
/** What B knows. */
export interface Read extends Message {
  readonly type: 'Read';
  readonly key: string;
}
export interface ReadReply extends Message {
  readonly type: 'ReadReply';
  readonly version: number;
}
/** A to a notifier. */
export interface Publish extends Message, Fact {
  readonly type: 'Publish';
}
export interface PublishAck extends Message, Fact {
  readonly type: 'PublishAck';
}
/** A notifier to B. */
export interface Call extends Message, Fact {
  readonly type: 'Call';
  /** From 1. */
  readonly attempt: number;
}
export interface CallAck extends Message, Fact {
  readonly type: 'CallAck';
}
/** A notifier has the shared database take a row, if it is new. */
export interface Insert extends Message, Fact {
  readonly type: 'Insert';
}
export interface Inserted extends Message {
  readonly type: 'Inserted';
}
/** A notifier asks the shared database for what is due. */
export interface ClaimDue extends Message {
  readonly type: 'ClaimDue';
  /** Rises with every question of a notifier; the same when it asks again. */
  readonly round: number;
}
export interface Claimed extends Message {
  readonly type: 'Claimed';
  readonly claims: readonly Claim[];
}
/** A row that belongs to one notifier until its lease is over; the number of the attempt is the claim's own. */
export interface Claim extends Fact {
  readonly attempt: number;
}
/** A notifier writes what became of its attempt, if no other was claimed since. */
export interface Settle extends Message, Claim {
  readonly type: 'Settle';
  readonly outcome: 'success' | 'unanswered' | 'failed';
}
export interface Settled extends Message {
  readonly type: 'Settled';
  readonly written: boolean;
}
/** B asks A for everything. */
export interface Reconcile extends Message {
  readonly type: 'Reconcile';
}
export interface ReconcileReply extends Message {
  readonly type: 'ReconcileReply';
  readonly facts: readonly Fact[];
}

export type NotificationMessage =
  | Change
  | ChangeReply
  | Balance
  | BalanceReply
  | Read
  | ReadReply
  | Publish
  | PublishAck
  | Call
  | CallAck
  | Insert
  | Inserted
  | ClaimDue
  | Claimed
  | Settle
  | Settled
  | Reconcile
  | ReconcileReply;

export const messageTypes: readonly NotificationMessage['type'][] = [
  'Change',
  'ChangeReply',
  'Balance',
  'BalanceReply',
  'Read',
  'ReadReply',
  'Publish',
  'PublishAck',
  'Call',
  'CallAck',
  'Insert',
  'Inserted',
  'ClaimDue',
  'Claimed',
  'Settle',
  'Settled',
  'Reconcile',
  'ReconcileReply',
];

export function nameOf({ key, version }: Pick<Fact, 'key' | 'version'>): string {
  return `${key} v${version}`;
}
