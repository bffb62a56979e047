import type { Message } from '../sim/engine/env.ts';
import type { Change } from './bank.ts';

/** A client's business operation; `request` stays the same when the client asks again. */
export interface Begin extends Message {
  readonly type: 'Begin';
  readonly request: string;
  readonly changes: readonly Change[];
}
/** How it ended, in the words of the protocol. */
export interface BeginReply<Outcome extends string = string> extends Message {
  readonly type: 'BeginReply';
  readonly gid: string;
  readonly outcome: Outcome;
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
