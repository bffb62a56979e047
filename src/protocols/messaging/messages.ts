import type { Message } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { OutboxRow } from './outbox.ts';
import type { Content, Entry } from './records.ts';

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
/** A process of A asks its database; see `Ledger`. Of the transfer only the key counts, but for a debit. */
export interface LedgerRequest extends Message {
  readonly type: 'LedgerRequest';
  readonly question: 'debit' | 'select' | 'bar' | 'takeBack';
  readonly transfer: Transfer;
}
export interface LedgerReply extends Message {
  readonly type: 'LedgerReply';
  readonly state: string;
}
interface Keyed extends Message {
  readonly key: string;
}
/** Stored and invisible until its end is known. `run`: which run of the transaction sends it; the answer says it again. */
export interface SendHalf extends Message {
  readonly type: 'SendHalf';
  readonly run: string;
  readonly content: Content;
}
/** `half`: the copy the broker has stored; each `SendHalf` makes one. `replica-away`: stored by the broker alone. */
export interface SendHalfReply extends Keyed {
  readonly type: 'SendHalfReply';
  readonly run: string;
  readonly half: string;
  readonly status: 'stored' | 'replica-away';
}
/** Of the outbox relay: visible at once. */
export interface Send extends Message {
  readonly type: 'Send';
  readonly content: Content;
}
export interface SendReply extends Keyed {
  readonly type: 'SendReply';
}
/** A relay asks for rows of the outbox that no other has claimed. */
export interface PollOutbox extends Message {
  readonly type: 'PollOutbox';
}
/** Each batch is to be sent in its order. */
export interface OutboxRows extends Message {
  readonly type: 'OutboxRows';
  readonly batches: readonly (readonly OutboxRow[])[];
}
/** The broker has it. One way. */
export interface MarkSent extends Keyed {
  readonly type: 'MarkSent';
}
export type Verdict = 'commit' | 'rollback' | 'unknown';
/** One way; may be lost. */
export interface EndTx extends Keyed {
  readonly type: 'EndTx';
  readonly half: string;
  readonly verdict: Verdict;
}
/** The broker asks how a half message ended. */
export interface CheckTx extends Keyed {
  readonly type: 'CheckTx';
  readonly half: string;
}

/** A place in a queue. `epoch`: the life of the broker that gave it; after a restart all places are given anew. */
export interface Place {
  readonly epoch: number;
  readonly queue: number;
  readonly offset: number;
}
/** A message on its way to a consumer; `attempt` counts from 1. */
export interface Delivery {
  readonly queue: number;
  readonly offset: number;
  readonly attempt: number;
  readonly content: Content;
}
/** Where a consumer stands in a queue: it has pulled below `next`, and finished below `done`. */
export interface Position {
  readonly queue: number;
  readonly next: number;
  readonly done: number;
}
/** A consumer lives, and wants up to `room` messages of its queues; the broker holds the request until it has some. */
export interface Pull extends Message {
  readonly type: 'Pull';
  /** Counts the consumer's pulls: only the answer to the last one is an answer. */
  readonly number: number;
  readonly epoch: number;
  readonly positions: readonly Position[];
  readonly room: number;
}
/** `assigned`: the queues that are the consumer's from now on, each from the offset its group has finished; null: as before. */
export interface PullReply extends Message {
  readonly type: 'PullReply';
  /** The pull that this answers. */
  readonly number: number;
  readonly epoch: number;
  readonly assigned: readonly { readonly queue: number; readonly offset: number }[] | null;
  readonly deliveries: readonly Delivery[];
}
/** The group has finished everything in the queue below the place. One way. */
export interface AckOffset extends Message, Place {
  readonly type: 'AckOffset';
}
/** `refused`: given up for good, it will not be carried out later. `failed`: again, by the retry table. */
export interface SendBack extends Message, Place {
  readonly type: 'SendBack';
  readonly result: 'failed' | 'refused';
}
export interface SendBackReply extends Message, Place {
  readonly type: 'SendBackReply';
}
/** A process of B asks its database for the local transaction. */
export interface Apply extends Message {
  readonly type: 'Apply';
  readonly delivery: Delivery;
}
export type Result = 'done' | 'failed' | 'refused';
export interface ApplyReply extends Message {
  readonly type: 'ApplyReply';
  readonly result: Result;
}
/** B has carried `key` out, and tells A so until A has booked it; `id` is the same when it is told again. */
export interface Receipt extends Keyed {
  readonly type: 'Receipt';
  readonly id: string;
}
export interface ReceiptReply extends Message {
  readonly type: 'ReceiptReply';
  readonly id: string;
}
/** B could not: A shall take it back. */
export interface Reverse extends Keyed {
  readonly type: 'Reverse';
}
export interface Reversed extends Keyed {
  readonly type: 'Reversed';
}

/** The broker begins a life, and asks its replica what it has. */
export interface Align extends Message {
  readonly type: 'Align';
  readonly epoch: number;
}
export interface Aligned extends Message {
  readonly type: 'Aligned';
  readonly epoch: number;
  readonly entries: readonly Entry[];
}
/** Entries from place `from` (counted from 0) of the log. `first`: what the replica has beyond `from` is dropped. */
export interface Replicate extends Message {
  readonly type: 'Replicate';
  readonly epoch: number;
  readonly from: number;
  readonly entries: readonly Entry[];
  readonly first: boolean;
}
/** The replica has as many entries; `aligned`: false when it does not know this life of the broker yet. */
export interface Replicated extends Message {
  readonly type: 'Replicated';
  readonly epoch: number;
  readonly count: number;
  readonly aligned: boolean;
}

export type ToProducer =
  | Transfer
  | Read
  | LedgerRequest
  | SendHalfReply
  | SendReply
  | PollOutbox
  | MarkSent
  | Receipt
  | CheckTx
  | Reverse;
export type ToBroker = SendHalf | Send | EndTx | Pull | AckOffset | SendBack | Reversed;
/** From the replica. */
export type ToMirrored = Aligned | Replicated;
export type ToConsumer = PullReply | SendBackReply | ReceiptReply;
export type MessagingMessage =
  | ToProducer
  | ToBroker
  | ToMirrored
  | ToConsumer
  | Apply
  | ApplyReply
  | OutboxRows
  | Align
  | Replicate
  | TransferReply
  | LedgerReply
  | ReadReply;

export const messageTypes: readonly MessagingMessage['type'][] = [
  'Transfer',
  'TransferReply',
  'Read',
  'ReadReply',
  'LedgerRequest',
  'LedgerReply',
  'SendHalf',
  'SendHalfReply',
  'Send',
  'SendReply',
  'PollOutbox',
  'OutboxRows',
  'MarkSent',
  'EndTx',
  'CheckTx',
  'Pull',
  'PullReply',
  'AckOffset',
  'SendBack',
  'SendBackReply',
  'Apply',
  'ApplyReply',
  'Receipt',
  'ReceiptReply',
  'Reverse',
  'Reversed',
  'Align',
  'Aligned',
  'Replicate',
  'Replicated',
];
