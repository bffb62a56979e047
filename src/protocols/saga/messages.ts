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
  readonly outcome: 'committed' | 'compensated';
  readonly reason: string;
}
export interface Read extends Message {
  readonly type: 'Read';
  readonly account: string;
}
export interface ReadReply extends Message {
  readonly type: 'ReadReply';
  readonly amount: number;
}
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
