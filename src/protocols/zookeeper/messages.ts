import type { Stat, Status, Txn, TxnOutcome } from './txn.ts';
import type { EventType, WatchLists } from './watches.ts';

/** Opens a session (`session` 0), or takes one up again on this server. */
export interface Connect {
  readonly type: 'Connect';
  readonly session: number;
  readonly timeoutUs: number;
  /** A server that has not applied this much must not serve the client: it would go back in time. */
  readonly lastZxid: number;
  /** Counts the client's connections: what a server says belongs to one of them. */
  readonly connection: number;
}

/** What a client says on its connection. */
interface OnConnection {
  readonly session: number;
  /** The last number on this connection up to which everything has arrived. */
  readonly received: number;
}

export interface Write extends OnConnection {
  readonly type: 'Write';
  readonly txn: Txn;
}

export interface Read extends OnConnection {
  readonly type: 'Exists' | 'GetData' | 'GetChildren';
  readonly path: string;
  readonly watch: boolean;
}

/** Also brings again what has not arrived, as TCP would. */
export interface Ping extends OnConnection {
  readonly type: 'Ping';
}

/** After a change of servers: register these again, and tell at once of those that changed since `relativeZxid`. */
export interface SetWatches extends OnConnection, WatchLists {
  readonly type: 'SetWatches';
  readonly relativeZxid: number;
}

export interface ZkReply {
  readonly type: 'ZkReply';
  /** `refused`: this server cannot serve now (no leader, or behind the client); try another. */
  readonly status: Status | 'refused';
  readonly value: TxnOutcome['value'] | readonly string[];
  readonly stat: Stat | null;
  /** The last transaction this server had applied. */
  readonly zxid: number;
  /** Its place on the connection, from 1; 0: outside the order. */
  readonly number: number;
}

export interface WatchEvent {
  readonly type: 'WatchEvent';
  readonly event: EventType;
  readonly path: string;
  /** The change told of; of a watch registered again: what the server had applied. */
  readonly zxid: number;
  readonly connection: number;
  readonly number: number;
}

/** A server closes a connection, its session being over. */
export interface Closed {
  readonly type: 'Closed';
  readonly connection: number;
}

/** Between servers: a client's change on its way to the leader. */
export interface Forward {
  readonly type: 'Forward';
  /** Of the leader that it is sent to. */
  readonly term: number;
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
  'Exists',
  'GetData',
  'GetChildren',
  'Ping',
  'SetWatches',
  'ZkReply',
  'WatchEvent',
  'Closed',
  'Forward',
  'Touch',
  'TouchReply',
];
