import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { Connect, Ping, Read, SetWatches, WatchEvent, ZkReply } from './messages.ts';
import type { ZookeeperMonitor } from './monitor.ts';
import type { Txn } from './znode-tree.ts';

export type SessionState = 'connecting' | 'connected' | 'disconnected' | 'expired';

/** What became of a request; `ConnectionLoss`: nobody knows whether it took effect. */
export type ZkResult = ZkReply | { readonly status: 'ConnectionLoss' };

interface Listener {
  stateChanged(state: SessionState): void;
}

const RETRY_US = 20_000;

/**
 * A client's session: connects to one server after another, pings when a third of the timeout has passed, takes two
 * thirds of silence for a lost connection, and learns that the session is over only from a server, after reconnecting.
 */
export class ZkSession {
  state: SessionState = 'connecting';
  /** 0: none yet. */
  id = 0;
  lastZxid = 0;
  readonly #env: NodeEnv;
  readonly #servers: readonly NodeId[];
  readonly #timeoutUs: number;
  readonly #monitor: ZookeeperMonitor | null;
  readonly #listener: Listener;
  readonly #restoresWatches: () => boolean;
  readonly #dataWatches = new Map<string, () => void>();
  readonly #childWatches = new Map<string, () => void>();
  #server: number;
  /** When the server spoke last, on the monotonic clock. */
  #heardUs = 0;
  /** Counts connections: what belongs to an earlier one is over. */
  #connection = 0;

  /** `restoresWatches`: whether watches are registered again after a change of servers. */
  constructor(
    env: NodeEnv,
    servers: readonly NodeId[],
    timeoutUs: number,
    monitor: ZookeeperMonitor | null,
    listener: Listener,
    restoresWatches: () => boolean,
  ) {
    this.#env = env;
    this.#servers = servers;
    this.#timeoutUs = timeoutUs;
    this.#monitor = monitor;
    this.#listener = listener;
    this.#restoresWatches = restoresWatches;
    this.#server = env.random('server').below(servers.length);
  }

  start(): void {
    this.#env.spawn(this.#run());
  }

  *write(txn: Txn): Task<ZkResult> {
    return yield* this.#request({ type: 'Write', txn });
  }

  /** `onEvent` is called at most once, for the first event; the read itself may find the node gone. */
  *read(type: Read['type'], path: string, onEvent: (() => void) | null): Task<ZkResult> {
    // Noted before the answer: an event that overtakes it is not lost.
    if (onEvent !== null)
      (type === 'GetData' ? this.#dataWatches : this.#childWatches).set(path, onEvent);
    return yield* this.#request({
      type,
      session: this.id,
      path,
      watch: onEvent !== null,
    });
  }

  onEvent(from: NodeId, { path, zxid }: WatchEvent): void {
    if (this.state !== 'connected' || from !== this.#servers[this.#server]) return;
    this.#saw(zxid);
    for (const watches of [this.#dataWatches, this.#childWatches]) {
      const act = watches.get(path);
      watches.delete(path);
      act?.();
    }
  }

  *#run(): Task {
    for (;;) {
      if (!(yield* this.#connect())) {
        this.#server = (this.#server + 1) % this.#servers.length;
        yield* this.#env.sleep(RETRY_US);
        continue;
      }
      while (this.#isConnected()) {
        yield* this.#env.sleep(Math.floor(this.#timeoutUs / 3));
        if (this.#isConnected()) yield* this.#ping();
      }
    }
  }

  *#connect(): Task<boolean> {
    const request: Connect = {
      type: 'Connect',
      session: this.id,
      timeoutUs: this.#timeoutUs,
      lastZxid: this.lastZxid,
    };
    const patienceUs = Math.floor(this.#timeoutUs / this.#servers.length);
    const result = yield* this.#env.call<ZkReply>(this.#address(), request, patienceUs);
    if (!result.ok || result.message.status === 'refused') return false;
    const { status, value, zxid } = result.message;
    this.#saw(zxid);
    if (status === 'SessionExpired') {
      this.id = 0;
      this.#dataWatches.clear();
      this.#childWatches.clear();
      this.#become('expired');
      return false;
    }
    const resumed = this.id !== 0;
    this.id = value as number;
    this.#become('connected');
    if (resumed && this.#restoresWatches()) yield* this.#setWatches();
    return true;
  }

  *#setWatches(): Task {
    const request: SetWatches = {
      type: 'SetWatches',
      session: this.id,
      relativeZxid: this.lastZxid,
      data: [...this.#dataWatches.keys()],
      children: [...this.#childWatches.keys()],
    };
    if (request.data.length + request.children.length > 0) yield* this.#request(request);
  }

  /** Asks again while there is no answer, as a TCP connection would, until the silence is too long. */
  *#ping(): Task {
    const request: Ping = { type: 'Ping', session: this.id };
    const patienceUs = Math.floor(this.#timeoutUs / 12);
    while (this.#isConnected()) {
      const result = yield* this.#env.call<ZkReply>(this.#address(), request, patienceUs);
      const silentUs = this.#env.monotonicUs() - this.#heardUs;
      if (result.ok && result.message.status === 'ok') {
        this.#saw(result.message.zxid);
        return;
      }
      if (result.ok || silentUs >= (this.#timeoutUs * 2) / 3 - patienceUs) this.#lost();
    }
  }

  *#request(request: Read | SetWatches | { type: 'Write'; txn: Txn }): Task<ZkResult> {
    if (!this.#isConnected()) {
      yield* this.#env.sleep(RETRY_US);
      return { status: 'ConnectionLoss' };
    }
    const connection = this.#connection;
    const result = yield* this.#env.call<ZkReply>(
      this.#address(),
      request,
      Math.floor((this.#timeoutUs * 2) / 3),
    );
    // An answer on a connection that was given up never arrives.
    if (connection !== this.#connection) return { status: 'ConnectionLoss' };
    if (result.ok && result.message.status !== 'refused') {
      this.#saw(result.message.zxid);
      return result.message;
    }
    this.#lost();
    return { status: 'ConnectionLoss' };
  }

  #lost(): void {
    if (!this.#isConnected()) return;
    this.#connection += 1;
    this.#become('disconnected');
    this.#server = (this.#server + 1) % this.#servers.length;
  }

  #isConnected(): boolean {
    return this.state === 'connected';
  }

  #become(state: SessionState): void {
    this.state = state;
    this.#env.mark(state, { session: this.id });
    this.#listener.stateChanged(state);
  }

  #saw(zxid: number): void {
    this.#monitor?.clientSaw(this.#env.id, this.lastZxid, zxid);
    this.lastZxid = Math.max(this.lastZxid, zxid);
    this.#heardUs = this.#env.monotonicUs();
  }

  #address(): NodeId {
    return this.#servers[this.#server]!;
  }
}
