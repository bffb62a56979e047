import type { NodeId } from '../../sim/engine/env.ts';
import type { LogObserver } from '../stable-log.ts';
import type { Fact, NotificationMessage } from './messages.ts';
import type { NotifierRecord, ReceiverRecord, SourceRecord } from './records.ts';

/** What the nodes tell a monitor, at the moment it happens. */
export interface NotificationObserver {
  sourceLog(): LogObserver<SourceRecord>;
  notifierLog(): LogObserver<NotifierRecord>;
  receiverLog(): LogObserver<ReceiverRecord>;
  sending(from: NodeId, message: NotificationMessage): void;
  /** The notifier holds a notification for delivered. */
  /** What A's or B's accounts differ from their beginning by, after a restart or a local transaction. */
  amounts(side: 'source' | 'receiver', drift: ReadonlyMap<string, number>): void;
  /** A client has read both sides, one account after the other; those of B end in ` at B`. */
  audited(amounts: Readonly<Record<string, number>>): void;
  succeeded(fact: Fact): void;
  alarmed(fact: Fact): void;
}
