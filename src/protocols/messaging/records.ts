import type { NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { Credit } from './messages.ts';

/** One local transaction of A. */
export type ProducerRecord =
  | {
      /** The debit, and in outbox mode the row to be sent, in one transaction. */
      readonly kind: 'debit';
      readonly key: string;
      readonly debit: readonly Change[];
      readonly credit: Credit;
      /** Of the outbox row; 0 without one. */
      readonly id: number;
    }
  /** The check-back was answered with rollback: this key may not be committed any more. */
  | { readonly kind: 'barrier'; readonly key: string }
  /** Outbox: the broker has it. */
  | { readonly kind: 'sent'; readonly key: string }
  /** B's receipt is booked. */
  | { readonly kind: 'receipt'; readonly key: string; readonly id: string }
  | { readonly kind: 'reversed'; readonly key: string };

/** `discarded`: nobody could say how it ended. */
export type HalfEnd = 'committed' | 'rolledBack' | 'discarded';

/** What the broker keeps of a message, half or whole. */
export interface Content {
  /** The business key: several messages may have the same. */
  readonly key: string;
  readonly credit: Credit;
  /** The service A that sent it. */
  readonly producer: NodeId;
  /** Messages with the same sharding key are in the same queue. */
  readonly shardKey: string;
}

export type BrokerRecord =
  | { readonly kind: 'half'; readonly half: string; readonly content: Content }
  /** A check uses up one of the half message's chances, over restarts too (RocketMQ puts it back with a count). */
  | { readonly kind: 'checked'; readonly half: string }
  /** RocketMQ's op queue: how half messages ended, several in one record. */
  | {
      readonly kind: 'ops';
      readonly ends: readonly { readonly half: string; readonly end: HalfEnd }[];
    }
  /** Visible to consumers, at the end of its queue; `half`: the half message it comes from. */
  | { readonly kind: 'message'; readonly content: Content; readonly half: string | null }
  /** A group has finished everything in a queue below `offset`. */
  | {
      readonly kind: 'offset';
      readonly group: number;
      readonly queue: number;
      readonly offset: number;
    }
  /** A group could not: it waits in the retry table, to be tried for the `attempt`-th time. */
  | {
      readonly kind: 'waiting';
      readonly group: number;
      readonly attempt: number;
      readonly content: Content;
    }
  /** Its pause is over: it stands in the group's retry queue. */
  | {
      readonly kind: 'again';
      readonly group: number;
      readonly attempt: number;
      readonly content: Content;
    }
  /** The group has given it up: in the dead letter queue, or to be taken back by A. */
  | { readonly kind: 'dead' | 'toReverse'; readonly group: number; readonly content: Content }
  | { readonly kind: 'reversed'; readonly key: string };

/** A line of the broker's log: `epoch` is the master's incarnation that wrote it. */
export interface Entry {
  readonly epoch: number;
  readonly record: BrokerRecord;
}

/** One local transaction of B: the inbox row and the effect, with it the receipt that A shall get; `refused` has neither. */
export type ConsumerRecord =
  | {
      readonly kind: 'credited' | 'refused';
      readonly key: string;
      readonly credit: Credit;
      readonly producer: NodeId;
    }
  /** A has booked the receipt. */
  | { readonly kind: 'receipted'; readonly key: string; readonly id: string };
