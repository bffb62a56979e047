import type { Message } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { Begin, BeginReply as BankReply, Read, ReadReply } from '../bank-messages.ts';

export type { Begin, Read, ReadReply } from '../bank-messages.ts';
export type BeginReply = BankReply<'committed' | 'compensated'>;

interface Stepped extends Message {
  readonly gid: string;
  readonly step: number;
}
/** One local transaction, at once visible to everybody. */
export interface Action extends Stepped {
  readonly type: 'Action';
  readonly changes: readonly Change[];
}
/** Takes the action of the step back. */
export interface Compensate extends Stepped {
  readonly type: 'Compensate';
}
export interface ActionReply extends Stepped {
  readonly type: 'ActionReply';
  /** False: it could not be done, and will not be done later. */
  readonly ok: boolean;
}
export interface CompensateReply extends Stepped {
  readonly type: 'CompensateReply';
}

export type ToCoordinator = Begin | ActionReply | CompensateReply;
export type ToService = Read | Action | Compensate;
export type SagaMessage = ToCoordinator | ToService | BeginReply | ReadReply;

export const messageTypes: readonly SagaMessage['type'][] = [
  'Begin',
  'BeginReply',
  'Read',
  'ReadReply',
  'Action',
  'ActionReply',
  'Compensate',
  'CompensateReply',
];
