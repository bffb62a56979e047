import { createRequire } from 'node:module';

import type { Operation, Stat } from '../../src/protocols/zookeeper/txn.ts';
import { WatchCallbacks } from '../../src/protocols/zookeeper/watch-callbacks.ts';
import type { EventType } from '../../src/protocols/zookeeper/watches.ts';

/** A jute record: fields by name, 64-bit numbers as eight bytes. */
type JuteRecord = Record<string, unknown>;

interface Jute {
  readonly OP_CODES: Readonly<Record<string, number>>;
  readonly protocol: Readonly<Record<string, new (...fields: unknown[]) => JuteRecord>>;
  readonly Request: new (header: JuteRecord, payload: unknown) => object;
  readonly TransactionRequest: new (ops: readonly object[]) => object;
}

interface Reply {
  readonly header: { readonly err: number };
  readonly payload: JuteRecord | null;
}

/** What of node-zookeeper-client's inside speaks the wire. */
interface Manager {
  state: number;
  zxid: Buffer;
  watcherManager: unknown;
  readonly socket: { destroy(): void };
  readonly sessionId: Buffer;
  connect(): void;
  close(): void;
  queue(request: object, callback: (error: Error | null, reply?: Reply) => void): void;
  on(event: 'state', listener: (state: number) => void): void;
}

const require = createRequire(import.meta.url);
const jute = require('node-zookeeper-client/lib/jute') as Jute;
const ConnectionManager = require('node-zookeeper-client/lib/ConnectionManager.js') as new (
  servers: string,
  options: object,
  listener: () => void,
) => Manager;
const { OPEN_ACL_UNSAFE } = (
  require('node-zookeeper-client') as { ACL: { OPEN_ACL_UNSAFE: readonly object[] } }
).ACL;

const EVENTS: Readonly<Record<number, EventType>> = {
  1: 'NodeCreated',
  2: 'NodeDeleted',
  3: 'NodeDataChanged',
  4: 'NodeChildrenChanged',
};

const ERRORS: Readonly<Record<number, string>> = {
  0: 'ok',
  [-2]: 'RuntimeInconsistency',
  [-4]: 'ConnectionLoss',
  [-8]: 'BadArguments',
  [-101]: 'NoNode',
  [-103]: 'BadVersion',
  [-108]: 'NoChildrenForEphemerals',
  [-110]: 'NodeExists',
  [-111]: 'NotEmpty',
  [-112]: 'SessionExpired',
};

const OP_CODE = {
  create: 'CREATE',
  delete: 'DELETE',
  setData: 'SET_DATA',
  check: 'CHECK',
} as const;
const CONNECTED = 2;
const EXPIRED = -3;

export interface WireReply {
  readonly status: string;
  readonly path?: string;
  readonly data?: string | null;
  readonly children?: readonly string[];
  readonly stat?: Stat;
  readonly results?: readonly { status: string; path?: string; stat?: Stat }[];
}

/**
 * One client of a real ZooKeeper server over node-zookeeper-client's own wire layer; below its API, which replaces a
 * version of 0 by -1, registers watches by itself and reconnects when it likes.
 */
export class WireClient {
  readonly events: (readonly [EventType, string])[] = [];
  /** Real ms at which the last event came. */
  eventMs = 0;
  readonly #servers: string;
  readonly #timeoutMs: number;
  #manager: Manager | null = null;
  #connect: () => void = () => undefined;
  readonly #watches = new WatchCallbacks();

  constructor(servers: string, timeoutMs: number) {
    this.#servers = servers;
    this.#timeoutMs = timeoutMs;
  }

  get isConnected(): boolean {
    return this.#manager?.state === CONNECTED;
  }

  /** Begins a session; the answer is its number. */
  async open(): Promise<number> {
    const options = { sessionTimeout: this.#timeoutMs, spinDelay: 1, retries: 0 };
    const manager = new ConnectionManager(this.#servers, options, () => undefined);
    this.#watches.clear();
    this.#manager = manager;
    this.#connect = manager.connect.bind(manager);
    // It would come again by itself; here the steps say when.
    manager.connect = () => undefined;
    manager.watcherManager = {
      isEmpty: () => this.#lists().every((list) => list.length === 0),
      getDataWatcherPaths: () => this.#lists()[0],
      getExistenceWatcherPaths: () => this.#lists()[1],
      getChildWatcherPaths: () => this.#lists()[2],
      emit: (event: { type: number; path: string }) => {
        this.#told(event);
      },
    };
    const state = this.#nextState([CONNECTED]);
    this.#connect();
    await state;
    return long(manager.sessionId);
  }

  /** Comes again with the same session. */
  async resume(): Promise<'resumed' | 'SessionExpired'> {
    const state = this.#nextState([CONNECTED, EXPIRED]);
    this.#connect();
    if ((await state) === CONNECTED) return 'resumed';
    this.#watches.clear();
    this.#manager = null;
    return 'SessionExpired';
  }

  drop(): void {
    this.#manager!.socket.destroy();
  }

  async close(): Promise<void> {
    const manager = this.#manager!;
    const closed = new Promise<void>((resolve) => {
      manager.on('state', () => {
        resolve();
      });
      manager.queue(
        new jute.Request(record('RequestHeader', { type: jute.OP_CODES['CLOSE_SESSION'] }), null),
        () => {
          resolve();
        },
      );
    });
    await closed;
    manager.socket.destroy();
    this.#watches.clear();
    this.#manager = null;
  }

  async read(type: 'Exists' | 'GetData' | 'GetChildren', path: string, watch: boolean) {
    const name = type === 'GetChildren' ? 'GetChildren2' : type;
    const code = { Exists: 'EXISTS', GetData: 'GET_DATA', GetChildren: 'GET_CHILDREN2' }[type];
    const reply = await this.#send(code, record(`${name}Request`, { path, watch }));
    const answer = { status: reply.status } as Parameters<WatchCallbacks['add']>[2];
    if (watch) this.#watches.add(type, path, answer, () => undefined);
    return reply;
  }

  async write(operation: Operation): Promise<WireReply> {
    const { op, path } = operation;
    switch (operation.op) {
      case 'create': {
        const acl = OPEN_ACL_UNSAFE.map((one) => (one as { toRecord(): unknown }).toRecord());
        const data = bytes(operation.data);
        return this.#send(
          'CREATE',
          record('CreateRequest', { path, data, acl, flags: flags(operation) }),
        );
      }
      case 'setData': {
        const { version } = operation;
        return this.#send(
          'SET_DATA',
          record('SetDataRequest', { path, data: bytes(operation.data), version }),
        );
      }
      case 'delete':
        return this.#send('DELETE', record('DeleteRequest', { path, version: operation.version }));
      case 'check':
        throw new Error(`${op} stands only in a multi`);
    }
  }

  async multi(ops: readonly Operation[]): Promise<WireReply> {
    const wired = ops.map((operation) => ({
      ...operation,
      type: jute.OP_CODES[OP_CODE[operation.op]],
      ...(operation.op === 'create' ? { acls: OPEN_ACL_UNSAFE, mode: flags(operation) } : {}),
      ...('data' in operation ? { data: bytes(operation.data) } : {}),
    }));
    return this.#send('MULTI', new jute.TransactionRequest(wired));
  }

  #send(code: string, payload: object): Promise<WireReply> {
    const header = record('RequestHeader', { type: jute.OP_CODES[code] });
    return new Promise((resolve) => {
      this.#manager!.queue(new jute.Request(header, payload), (error, reply) => {
        const err = reply?.header.err ?? (error as { code?: number } | null)?.code ?? 0;
        resolve({ status: ERRORS[err] ?? `error ${err}`, ...decoded(reply?.payload ?? null) });
      });
    });
  }

  #told({ type, path }: { type: number; path: string }): void {
    const event = EVENTS[type]!;
    this.eventMs = Date.now();
    this.events.push([event, path]);
    this.#watches.take({ type: 'WatchEvent', event, path, zxid: 0, connection: 0, number: 0 });
  }

  #lists(): readonly (readonly string[])[] {
    const { data, exist, children } = this.#watches.lists();
    return [data, exist, children];
  }

  #nextState(wanted: readonly number[]): Promise<number> {
    return new Promise((resolve) => {
      this.#manager!.on('state', (state) => {
        if (wanted.includes(state)) resolve(state);
      });
    });
  }
}

function record(name: string, fields: object): JuteRecord {
  return Object.assign(new jute.protocol[name]!(), fields);
}

function flags({ ephemeral, sequential }: { ephemeral: boolean; sequential: boolean }): number {
  return (ephemeral ? 1 : 0) + (sequential ? 2 : 0);
}

function bytes(data: string | null): Buffer | undefined {
  return data === null ? undefined : Buffer.from(data);
}

/** Exact up to 53 bits, which tell sessions apart too: their upper bits are the server's number. */
function long(buffer: unknown): number {
  return Number(BigInt.asUintN(53, (buffer as Buffer).readBigInt64BE()));
}

function decoded(payload: JuteRecord | null): Omit<WireReply, 'status'> {
  if (payload === null) return {};
  const answer: Record<string, unknown> = {};
  if (payload['stat'] !== undefined) answer['stat'] = statOf(payload['stat'] as JuteRecord);
  if (payload['path'] !== undefined) answer['path'] = payload['path'];
  if (payload['children'] !== undefined) answer['children'] = payload['children'];
  if ('data' in payload) {
    const data = payload['data'] as Buffer | null | undefined;
    answer['data'] = data === null || data === undefined ? null : data.toString();
  }
  if (payload['results'] !== undefined)
    answer['results'] = (payload['results'] as JuteRecord[]).map((result) => ({
      status: ERRORS[(result['err'] as number | undefined) ?? 0],
      path: result['path'],
      ...(result['stat'] === undefined ? {} : { stat: statOf(result['stat'] as JuteRecord) }),
    }));
  return answer;
}

function statOf(stat: JuteRecord): Stat {
  const longs = ['czxid', 'mzxid', 'pzxid', 'ctime', 'mtime', 'ephemeralOwner'];
  const ints = ['version', 'cversion', 'aversion', 'dataLength', 'numChildren'];
  const fields: unknown = Object.fromEntries([
    ...longs.map((name) => [name, long(stat[name])] as const),
    ...ints.map((name) => [name, stat[name]] as const),
  ]);
  return fields as Stat;
}
