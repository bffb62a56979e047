import type { NodeId } from '../../sim/engine/env.ts';
import type { LogObserver } from '../stable-log.ts';
import type { Delivery, MessagingMessage, Result } from './messages.ts';
import type { ConsumerRecord, Entry, ProducerRecord } from './records.ts';

/** Amounts that differ from the initial ones, by account. */
export type Drift = ReadonlyMap<string, number>;

/** What the nodes tell a monitor, at the moment it happens. */
export interface MessagingObserver {
  producerLog(node: NodeId): LogObserver<ProducerRecord>;
  brokerLog(node: NodeId): LogObserver<Entry>;
  replicaLog(node: NodeId): LogObserver<Entry>;
  consumerLog(node: NodeId): LogObserver<ConsumerRecord>;
  sending(from: NodeId, to: NodeId, message: MessagingMessage): void;
  /** The database of a group answers whoever carries a message out. */
  applied(node: NodeId, delivery: Delivery, result: Result): void;
  /** A person was told that this message went wrong. */
  alarmed(key: string): void;
  /** A client has heard that its transfer is not made. */
  refused(key: string): void;
  /** A client has read both sides, one account after the other; those of B end in ` at B`. */
  audited(amounts: Readonly<Record<string, number>>): void;
  /** The amounts of a service, after a restart or a local transaction. */
  amounts(node: NodeId, drift: Drift): void;
}
