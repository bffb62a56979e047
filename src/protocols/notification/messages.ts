import type { Message } from '../../sim/engine/env.ts';

/** What happened at A: the state of `key` is now `version` (paid is 1, refunded is 2, ...). */
export interface Fact {
  readonly key: string;
  readonly version: number;
}

/** A client changes the state of `key` at A. */
export interface Change extends Message {
  readonly type: 'Change';
  readonly key: string;
  /** The same when the client asks again. */
  readonly request: string;
}
export interface ChangeReply extends Message {
  readonly type: 'ChangeReply';
  readonly version: number;
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
/** A to the notifier. */
export interface Publish extends Message, Fact {
  readonly type: 'Publish';
}
export interface PublishAck extends Message, Fact {
  readonly type: 'PublishAck';
}
/** The notifier to B. */
export interface Call extends Message, Fact {
  readonly type: 'Call';
}
export interface CallAck extends Message, Fact {
  readonly type: 'CallAck';
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
  | Read
  | ReadReply
  | Publish
  | PublishAck
  | Call
  | CallAck
  | Reconcile
  | ReconcileReply;

export const messageTypes: readonly NotificationMessage['type'][] = [
  'Change',
  'ChangeReply',
  'Read',
  'ReadReply',
  'Publish',
  'PublishAck',
  'Call',
  'CallAck',
  'Reconcile',
  'ReconcileReply',
];

export function nameOf({ key, version }: Fact): string {
  return `${key} v${version}`;
}
