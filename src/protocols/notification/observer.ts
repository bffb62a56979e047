import type { NodeId } from '../../sim/engine/env.ts';
import type { LogObserver } from '../stable-log.ts';
import type { Fact, NotificationMessage } from './messages.ts';
import type { ReceiverRecord, SourceRecord, TableRecord } from './records.ts';

/** What the nodes tell a monitor, at the moment it happens. */
export interface NotificationObserver {
  sourceLog(): LogObserver<SourceRecord>;
  /** Of the notifier's own table, or of the shared database. */
  tableLog(): LogObserver<TableRecord>;
  receiverLog(receiver: NodeId): LogObserver<ReceiverRecord>;
  sending(from: NodeId, message: NotificationMessage): void;
  /** Whoever keeps the table has looked for due rows and begun them, at this time of its monotonic clock. */
  attended(clockUs: number): void;
  /** What a node's accounts differ from their beginning by, after a restart or a local transaction. */
  amounts(node: NodeId, drift: ReadonlyMap<string, number>): void;
  /** A client has read both sides, one account after the other; those of B end in ` at B`. */
  audited(amounts: Readonly<Record<string, number>>): void;
  /** A notification is held for delivered. */
  succeeded(fact: Fact): void;
  alarmed(fact: Fact): void;
}
