import type { Stat, Status, Txn } from './znode-tree.ts';

/** Opens a session (`session` 0), or takes one up again on this server. */
export interface Connect {
  readonly type: 'Connect';
  readonly session: number;
  readonly timeoutUs: number;
  /** A server that has not applied this much must not serve the client: it would go back in time. */
  readonly lastZxid: number;
}

export interface Write {
  readonly type: 'Write';
  readonly txn: Txn;
}

export interface Read {
  readonly type: 'GetData' | 'GetChildren';
  readonly session: number;
  readonly path: string;
  readonly watch: boolean;
}

export interface Ping {
  readonly type: 'Ping';
  readonly session: number;
}

/** After a change of servers: register these again, and tell at once of those that changed since `relativeZxid`. */
export interface SetWatches {
  readonly type: 'SetWatches';
  readonly session: number;
  readonly relativeZxid: number;
  readonly data: readonly string[];
  readonly children: readonly string[];
}

export interface ZkReply {
  readonly type: 'ZkReply';
  /** `refused`: this server cannot serve now (no leader, or behind the client); try another. */
  readonly status: Status | 'refused';
  readonly value: unknown;
  readonly stat: Stat | null;
  /** The last transaction this server had applied. */
  readonly zxid: number;
}

export interface WatchEvent {
  readonly type: 'WatchEvent';
  readonly path: string;
  readonly zxid: number;
}

/** Between servers: a client's change on its way to the leader. */
export interface Forward {
  readonly type: 'Forward';
  readonly ticket: string;
  readonly txn: Txn;
}

/** Between servers: a session was heard of. With a request number: is it alive? */
export interface Touch {
  readonly type: 'Touch';
  readonly session: number;
}

export interface TouchReply {
  readonly type: 'TouchReply';
  readonly alive: boolean;
}

export type ZkMessage = Connect | Write | Read | Ping | SetWatches | Forward | Touch;

export const zkMessageTypes: readonly string[] = [
  'Connect',
  'Write',
  'GetData',
  'GetChildren',
  'Ping',
  'SetWatches',
  'ZkReply',
  'WatchEvent',
  'Forward',
  'Touch',
  'TouchReply',
];
