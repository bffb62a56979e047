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
    }
  /** The check-back was answered with rollback: this key may not be committed any more. */
  | { readonly kind: 'barrier'; readonly key: string }
  /** Outbox: the broker has it. */
  | { readonly kind: 'sent'; readonly key: string }
  | { readonly kind: 'reversed'; readonly key: string };

export type BrokerRecord =
  | { readonly kind: 'half' | 'message'; readonly key: string; readonly credit: Credit }
  /** How a half message ended (RocketMQ's op queue); `discarded`: nobody could say. */
  | { readonly kind: 'committed' | 'rolledBack' | 'discarded'; readonly key: string }
  /** How a message ended. */
  | { readonly kind: 'consumed' | 'dead' | 'toReverse' | 'reversed'; readonly key: string };

/** One local transaction of B: the inbox row and the effect; `refused` has none. */
export interface ConsumerRecord {
  readonly kind: 'credited' | 'refused';
  readonly key: string;
  readonly credit: Credit;
}
