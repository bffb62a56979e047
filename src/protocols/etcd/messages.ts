import type { Change, Outcome } from './store.ts';

/** A change or a linearizable read: both go through the log here. */
export interface Propose {
  readonly type: 'Propose';
  readonly change: Change;
}

/** Renews a lease for its whole time to live; answered by the leader alone, and in no log. */
export interface KeepAlive {
  readonly type: 'KeepAlive';
  readonly lease: number;
}

/** Answered when the key is not there (any more), or not at all. */
export interface WatchDelete {
  readonly type: 'WatchDelete';
  readonly key: string;
}

export interface EtcdReply {
  readonly type: 'EtcdReply';
  /** `refused`: this server cannot serve now; ask another. */
  readonly status: Outcome['status'] | 'refused';
  readonly outcome: Outcome | null;
}

/** Between servers: a client's change on its way to the leader. */
export interface ForwardProposal {
  readonly type: 'ForwardProposal';
  readonly ticket: string;
  readonly change: Change;
}

export type EtcdMessage = Propose | KeepAlive | WatchDelete | ForwardProposal;

export const etcdMessageTypes: readonly string[] = [
  'Propose',
  'KeepAlive',
  'WatchDelete',
  'EtcdReply',
  'ForwardProposal',
];
