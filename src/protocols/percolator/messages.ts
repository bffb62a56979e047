import type { Message } from '../../sim/engine/env.ts';

/** What stands in a row while a transaction is under way. */
export interface Lock {
  readonly row: string;
  /** The transaction: its start timestamp is its name. */
  readonly startTs: number;
  /** The row whose lock decides for all. */
  readonly primary: string;
  /** The amount that the row will have. */
  readonly value: number;
  /** Of the writer's wall clock, in µs. */
  readonly wallUs: number;
}

export interface TsRequest extends Message {
  readonly type: 'TsRequest';
}
export interface TsReply extends Message {
  readonly type: 'TsReply';
  readonly ts: number;
}
/** The amount of a row as of a timestamp. */
export interface Get extends Message {
  readonly type: 'Get';
  readonly row: string;
  readonly ts: number;
}
/** `lock`: a transaction that began before may have changed the row by then; nobody knows yet. */
export interface GetReply extends Message {
  readonly type: 'GetReply';
  readonly value: number;
  readonly lock: Lock | null;
}
export interface Prewrite extends Message {
  readonly type: 'Prewrite';
  readonly lock: Lock;
}
/** `conflict`: the row was changed after the transaction began. `rolledBack`: others have ended the transaction. */
export interface PrewriteReply extends Message {
  readonly type: 'PrewriteReply';
  readonly row: string;
  readonly startTs: number;
  readonly status: 'ok' | 'locked' | 'conflict' | 'rolledBack';
  readonly lock: Lock | null;
}
export interface Commit extends Message {
  readonly type: 'Commit';
  readonly row: string;
  readonly startTs: number;
  readonly commitTs: number;
}
/** `gone`: there is no such lock, and there was no such commit. */
export interface CommitReply extends Message {
  readonly type: 'CommitReply';
  readonly row: string;
  readonly startTs: number;
  readonly status: 'ok' | 'gone';
}
/** Asked of the primary: how a transaction ended. It ends with this question when its time is up. */
export interface CheckStatus extends Message {
  readonly type: 'CheckStatus';
  readonly primary: string;
  readonly startTs: number;
  /** Of the asker's wall clock, in µs. */
  readonly wallUs: number;
}
export interface StatusReply extends Message {
  readonly type: 'StatusReply';
  readonly primary: string;
  readonly startTs: number;
  readonly status: 'alive' | 'committed' | 'rolledBack';
  /** 0 unless committed. */
  readonly commitTs: number;
}
/** Takes the lock of a transaction whose end is known off a row; `commitTs`: 0 when it was rolled back. */
export interface Resolve extends Message {
  readonly type: 'Resolve';
  readonly row: string;
  readonly startTs: number;
  readonly commitTs: number;
}
export interface ResolveReply extends Message {
  readonly type: 'ResolveReply';
}

export type ToStore = Get | Prewrite | Commit | CheckStatus | Resolve;
export type PercolatorMessage =
  | TsRequest
  | TsReply
  | ToStore
  | GetReply
  | PrewriteReply
  | CommitReply
  | StatusReply
  | ResolveReply;

export const messageTypes: readonly PercolatorMessage['type'][] = [
  'TsRequest',
  'TsReply',
  'Get',
  'GetReply',
  'Prewrite',
  'PrewriteReply',
  'Commit',
  'CommitReply',
  'CheckStatus',
  'StatusReply',
  'Resolve',
  'ResolveReply',
];
