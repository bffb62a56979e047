import type { Message } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';

/** A client's business operation; `request` stays the same when the client asks again. */
export interface Begin extends Message {
  readonly type: 'Begin';
  readonly request: string;
  readonly changes: readonly Change[];
}
export interface BeginReply extends Message {
  readonly type: 'BeginReply';
  readonly gid: string;
  readonly outcome: 'confirm' | 'cancel';
  readonly reason: string;
}
/** What is available of an account: no lock, no transaction. */
export interface Read extends Message {
  readonly type: 'Read';
  readonly account: string;
}
export interface ReadReply extends Message {
  readonly type: 'ReadReply';
  readonly amount: number;
}
/** Check and reserve. */
export interface Try extends Message {
  readonly type: 'Try';
  readonly gid: string;
  readonly changes: readonly Change[];
}
export interface TryReply extends Message {
  readonly type: 'TryReply';
  readonly gid: string;
  readonly ok: boolean;
}
/** Second phase; it carries the changes, so that what was never tried can be told from what was. */
export interface Second extends Message {
  readonly type: 'Confirm' | 'Cancel';
  readonly gid: string;
  readonly changes: readonly Change[];
}
export interface SecondReply extends Message {
  readonly type: 'ConfirmReply' | 'CancelReply';
  readonly gid: string;
  readonly ok: boolean;
}

export type ToCoordinator = Begin | TryReply | SecondReply;
export type ToService = Read | Try | Second;
export type TccMessage = ToCoordinator | ToService | BeginReply | ReadReply;

export const messageTypes: readonly TccMessage['type'][] = [
  'Begin',
  'BeginReply',
  'Read',
  'ReadReply',
  'Try',
  'TryReply',
  'Confirm',
  'ConfirmReply',
  'Cancel',
  'CancelReply',
];
