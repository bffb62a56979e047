import type { Message } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';

/** What a message asks of B: the changes that follow from what A has done. */
export type Credit = readonly Change[];

export interface Transfer extends Message {
  readonly type: 'Transfer';
  /** The business key: the same when the client asks again. */
  readonly key: string;
  /** A's own part, one local transaction. */
  readonly debit: readonly Change[];
  /** B's part. */
  readonly credit: Credit;
}
export interface TransferReply extends Message {
  readonly type: 'TransferReply';
  readonly ok: boolean;
  readonly reason: string;
}
export interface Read extends Message {
  readonly type: 'Read';
  readonly account: string;
}
export interface ReadReply extends Message {
  readonly type: 'ReadReply';
  readonly amount: number;
}
interface Keyed extends Message {
  readonly key: string;
}
/** Stored and invisible until its end is known. */
export interface SendHalf extends Keyed {
  readonly type: 'SendHalf';
  readonly credit: Credit;
}
export interface SendHalfReply extends Keyed {
  readonly type: 'SendHalfReply';
}
/** Of the outbox relay: visible at once. */
export interface Send extends Keyed {
  readonly type: 'Send';
  readonly credit: Credit;
}
export interface SendReply extends Keyed {
  readonly type: 'SendReply';
}
export type Verdict = 'commit' | 'rollback' | 'unknown';
/** One way; may be lost. */
export interface EndTx extends Keyed {
  readonly type: 'EndTx';
  readonly verdict: Verdict;
}
/** The broker asks how a half message ended. */
export interface CheckTx extends Keyed {
  readonly type: 'CheckTx';
}
export interface Deliver extends Keyed {
  readonly type: 'Deliver';
  readonly credit: Credit;
  readonly attempt: number;
}
/** `refused`: the consumer has given the message up for good, and will not carry it out later. */
export interface Consumed extends Keyed {
  readonly type: 'Consumed';
  readonly result: 'done' | 'failed' | 'refused';
}
/** B could not: A shall take it back. */
export interface Reverse extends Keyed {
  readonly type: 'Reverse';
}
export interface Reversed extends Keyed {
  readonly type: 'Reversed';
}

export type ToProducer = Transfer | Read | SendHalfReply | SendReply | CheckTx | Reverse;
export type ToBroker = SendHalf | Send | EndTx | Consumed | Reversed;
export type MessagingMessage = ToProducer | ToBroker | Deliver | TransferReply | ReadReply;

export const messageTypes: readonly MessagingMessage['type'][] = [
  'Transfer',
  'TransferReply',
  'Read',
  'ReadReply',
  'SendHalf',
  'SendHalfReply',
  'Send',
  'SendReply',
  'EndTx',
  'CheckTx',
  'Deliver',
  'Consumed',
  'Reverse',
  'Reversed',
];
