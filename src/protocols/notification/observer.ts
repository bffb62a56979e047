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
  succeeded(fact: Fact): void;
  alarmed(fact: Fact): void;
}
