import type { NodeId } from '../../sim/engine/env.ts';
import type { LogObserver } from '../stable-log.ts';
import type { MessagingMessage } from './messages.ts';
import type { BrokerRecord, ConsumerRecord, ProducerRecord } from './records.ts';

/** Amounts that differ from the initial ones, by account. */
export type Drift = ReadonlyMap<string, number>;

/** What the nodes tell a monitor, at the moment it happens. */
export interface MessagingObserver {
  producerLog(node: NodeId): LogObserver<ProducerRecord>;
  brokerLog(node: NodeId): LogObserver<BrokerRecord>;
  consumerLog(node: NodeId): LogObserver<ConsumerRecord>;
  sending(from: NodeId, message: MessagingMessage): void;
  /** A person was told that this message went wrong. */
  alarmed(key: string): void;
  /** A client has read both sides, one account after the other; those of B end in ` at B`. */
  audited(amounts: Readonly<Record<string, number>>): void;
  /** A's or B's amounts, after a restart or a local transaction. */
  amounts(side: 'producer' | 'consumer', drift: Drift): void;
}
