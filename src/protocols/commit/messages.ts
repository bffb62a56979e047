import type { Message, NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { Outcome, XaCode } from './xa.ts';

/** A client's transaction; `request` stays the same when the client asks again. */
export interface Begin extends Message {
  readonly type: 'Begin';
  readonly request: string;
  readonly changes: readonly Change[];
  /** Accounts to read in the same transaction. */
  readonly reads: readonly string[];
}
export interface BeginReply extends Message {
  readonly type: 'BeginReply';
  readonly gid: string;
  readonly outcome: Outcome;
  /** Why it was aborted; empty for a commit. */
  readonly reason: string;
  /** What was read, by account; empty when the answer is given again. */
  readonly amounts: Readonly<Record<string, number>>;
}
/** A single row, straight from its owner; waits for the row's lock. */
export interface Read extends Message {
  readonly type: 'Read';
  readonly account: string;
}
export interface ReadReply extends Message {
  readonly type: 'ReadReply';
  readonly amount: number;
}

interface Branchly extends Message {
  readonly gid: string;
}
export interface Work extends Branchly {
  readonly type: 'Work';
  readonly request: string;
  readonly changes: readonly Change[];
  readonly reads: readonly string[];
}
export interface WorkReply extends Branchly {
  readonly type: 'WorkReply';
  /** `done`: this request was committed here before. `pending`: an earlier branch of it is in doubt here. */
  readonly status: 'ok' | 'failed' | 'done' | 'pending';
  readonly code: XaCode;
  readonly amounts: Readonly<Record<string, number>>;
}
export interface Prepare extends Branchly {
  readonly type: 'Prepare';
  /** Everyone who takes part, for cooperative termination. */
  readonly peers: readonly NodeId[];
}
export interface Vote extends Branchly {
  readonly type: 'Vote';
  readonly vote: 'yes' | 'no' | 'readOnly';
}
export interface OnePhase extends Branchly {
  readonly type: 'OnePhase';
}
export interface Decision extends Branchly {
  readonly type: 'Decision';
  readonly outcome: Outcome;
  /** The sender waits for an acknowledgement; the outcome is forced before it. */
  readonly ack: boolean;
  /** The sender had no record of the transaction and presumed. */
  readonly presumed: boolean;
}
export interface Ack extends Branchly {
  readonly type: 'Ack';
  readonly outcome: Outcome;
  /** `XA_OK`, or how the branch had been ended without being told. */
  readonly code: XaCode;
}
/** Asked of the coordinator, and with cooperative termination of peers. */
export interface Inquiry extends Branchly {
  readonly type: 'Inquiry';
}
export interface Forget extends Branchly {
  readonly type: 'Forget';
}
export interface Recover extends Message {
  readonly type: 'Recover';
}
export interface RecoverReply extends Message {
  readonly type: 'RecoverReply';
  readonly gids: readonly string[];
}

export type CommitMessage =
  | Begin
  | BeginReply
  | Read
  | ReadReply
  | Work
  | WorkReply
  | Prepare
  | Vote
  | OnePhase
  | Decision
  | Ack
  | Inquiry
  | Forget
  | Recover
  | RecoverReply;

/** What a coordinator is sent. */
export type ToCoordinator = Begin | WorkReply | Vote | Ack | Inquiry | RecoverReply;
/** What a manager is sent. */
export type ToParticipant =
  Read | Work | Prepare | OnePhase | Decision | Inquiry | Forget | Recover;

export const messageTypes: readonly CommitMessage['type'][] = [
  'Begin',
  'BeginReply',
  'Read',
  'ReadReply',
  'Work',
  'WorkReply',
  'Prepare',
  'Vote',
  'OnePhase',
  'Decision',
  'Ack',
  'Inquiry',
  'Forget',
  'Recover',
  'RecoverReply',
];
