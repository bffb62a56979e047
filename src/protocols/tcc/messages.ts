import type { Message } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { Begin, BeginReply as BankReply, Read, ReadReply } from '../bank-messages.ts';

export type { Begin, Read, ReadReply } from '../bank-messages.ts';
export type BeginReply = BankReply<'confirm' | 'cancel'>;

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
