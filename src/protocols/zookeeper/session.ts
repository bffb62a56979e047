import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { Connect, Ping, Read, SetWatches, WatchEvent, Write, ZkReply } from './messages.ts';
import type { ZookeeperMonitor } from './monitor.ts';
import type { Txn } from './txn.ts';
import { WatchCallbacks } from './watch-callbacks.ts';
import type { OnEvent } from './watch-callbacks.ts';

export type SessionState = 'connecting' | 'connected' | 'disconnected' | 'expired';

/** What became of a request; `ConnectionLoss`: nobody knows whether it took effect. */
export type ZkResult = ZkReply | typeof CONNECTION_LOSS;

const CONNECTION_LOSS = { status: 'ConnectionLoss', value: null, stat: null } as const;

type Request = Omit<Read, 'received'> | Omit<SetWatches, 'received'> | Omit<Write, 'received'>;

const RETRY_US = 20_000;
/** Connections are numbered by the life of their client, so that no two ever have the same number. */
const CONNECTIONS_A_LIFE = 1_000_000;
/** How long what arrived too early waits before what is missing is asked for again. */
const MISSING_US = 5_000;

/**
 * A client's session: connects to one server after another, pings when a third of the timeout has passed, takes two
 * thirds of silence for a lost connection, and learns that the session is over only from a server, after reconnecting.
 */
export class ZkSession {
  state: SessionState = 'connecting';
  /** 0: none yet. */
  id = 0;
  /** The latest transaction that an answer has shown. */
  lastZxid = 0;
  /** When the last request that was answered had been sent, on the monotonic clock: the session lives on from there. */
  aliveSinceUs = 0;
  readonly timeoutUs: number;
  readonly watches = new WatchCallbacks();
  readonly listeners: ((state: SessionState) => void)[] = [];
  protected readonly env: NodeEnv;
  readonly #servers: readonly NodeId[];
  readonly #monitor: ZookeeperMonitor | null;
  #server: number;
  /** When the server spoke last, on the monotonic clock. */
  #heardUs = 0;
  /** Counts connections: what belongs to an earlier one is over, also to one from before a restart. */
  #connection: number;
  /** The number up to which everything on this connection has been taken. */
  #received = 0;
  /** The connection on which watches are registered again and no server has said so yet; 0: none. */
  #restoring = 0;
  /** The connection on which the server has been asked to say again what is missing; 0: none. */
  #catchingUp = 0;
  /** Events that came before something that was said earlier. */
  readonly #early = new Map<number, WatchEvent>();

  constructor(
    env: NodeEnv,
    servers: readonly NodeId[],
    timeoutUs: number,
    monitor: ZookeeperMonitor | null,
  ) {
    this.env = env;
    this.#servers = servers;
    this.timeoutUs = timeoutUs;
    this.#monitor = monitor;
    this.#connection = (env.incarnation - 1) * CONNECTIONS_A_LIFE;
    this.#server = env.random('server').below(servers.length);
  }

  start(): void {
    this.env.spawn(this.#run());
  }

  *write(txn: Txn): Task<ZkResult> {
    return yield* this.request({ type: 'Write', session: this.id, txn });
  }

  /** `onEvent` is called at most once, for the first event; the read itself may find the node gone. */
  *read(type: Read['type'], path: string, onEvent: OnEvent | null = null): Task<ZkResult> {
    const watch = onEvent !== null;
    const result = yield* this.request({ type, session: this.id, path, watch }, (answer) => {
      if (onEvent !== null) this.watches.add(type, path, answer, onEvent);
    });
    return result;
  }

  /** Gives the session up without a word: the server ends it when it has been silent for long enough. */
  abandon(): void {
    if (this.id === 0) return;
    this.id = 0;
    this.watches.clear();
    this.#connection += 1;
    this.#become('expired');
  }

  onEvent(from: NodeId, event: WatchEvent): void {
    if (event.connection !== this.#connection || from !== this.#address()) return;
    if (event.number <= this.#received) return;
    this.#early.set(event.number, event);
    this.#takeEvents();
    if (this.#early.size > 0) this.env.spawn(this.#catchUp());
  }

  // --- the rules ---

  /** Whether watches are registered again after a change of servers. */
  protected restoresWatches(): boolean {
    return true;
  }

  /** Whether the heartbeat runs now: it does whatever else the client does. */
  protected beats(): boolean {
    return true;
  }

  /** The session is over: its watches with it. */
  protected expired(): void {
    this.id = 0;
    this.watches.clear();
    this.#become('expired');
  }

  // --- connections ---

  *#run(): Task {
    for (;;) {
      if (!(yield* this.#connect())) {
        this.#server = (this.#server + 1) % this.#servers.length;
        yield* this.env.sleep(RETRY_US);
        continue;
      }
      while (this.#isConnected()) {
        yield* this.env.sleep(Math.floor(this.timeoutUs / 3));
        if (this.#isConnected() && this.beats()) yield* this.#ping();
      }
    }
  }

  *#connect(): Task<boolean> {
    this.#connection += 1;
    this.#received = 0;
    this.#early.clear();
    const connection = this.#connection;
    const resumed = this.id !== 0;
    const request: Connect = {
      type: 'Connect',
      session: this.id,
      timeoutUs: this.timeoutUs,
      lastZxid: this.lastZxid,
      connection,
    };
    const patienceUs = Math.floor(this.timeoutUs / this.#servers.length);
    const sentUs = this.env.monotonicUs();
    const result = yield* this.env.call<ZkReply>(this.#address(), request, patienceUs);
    if (!result.ok || result.message.status === 'refused') return false;
    if (connection !== this.#connection) return false;
    const { status, value } = result.message;
    if (status === 'SessionExpired') {
      this.expired();
      return false;
    }
    this.id = value as number;
    this.#heard(sentUs);
    this.state = 'connected';
    // Before any other request: its answer could show what a watch has yet to tell.
    if (resumed && this.restoresWatches()) this.env.spawn(this.#setWatches());
    this.#become('connected');
    return true;
  }

  *#setWatches(): Task {
    const lists = this.watches.lists();
    if (lists.data.length + lists.exist.length + lists.children.length === 0) return;
    const relativeZxid = this.lastZxid;
    this.#restoring = this.#connection;
    yield* this.request({ type: 'SetWatches', session: this.id, relativeZxid, ...lists });
    this.#restoring = 0;
  }

  /** Asks again while there is no answer, as a TCP connection would, until the silence is too long. */
  *#ping(): Task {
    const connection = this.#connection;
    const patienceUs = Math.floor(this.timeoutUs / 12);
    while (this.#isConnected() && connection === this.#connection) {
      const ping: Ping = { type: 'Ping', session: this.id, received: this.#received };
      const sentUs = this.env.monotonicUs();
      const result = yield* this.env.call<ZkReply>(this.#address(), ping, patienceUs);
      if (connection !== this.#connection) return;
      if (result.ok && result.message.status === 'ok') {
        this.#heard(sentUs);
        return;
      }
      const silentUs = this.env.monotonicUs() - this.#heardUs;
      if (result.ok || silentUs >= (this.timeoutUs * 2) / 3 - patienceUs) this.#lost();
    }
  }

  /** Has the server say again what is missing. One at a time: all that it says again would ask for more. */
  *#catchUp(): Task {
    const connection = this.#connection;
    if (this.#catchingUp === connection) return;
    this.#catchingUp = connection;
    yield* this.#ping();
    if (this.#catchingUp === connection) this.#catchingUp = 0;
  }

  /** `onAnswer` runs before anything that the server said later is taken. */
  protected *request(request: Request, onAnswer?: (answer: ZkReply) => void): Task<ZkResult> {
    if (!this.#isConnected()) {
      yield* this.env.sleep(RETRY_US);
      return CONNECTION_LOSS;
    }
    const connection = this.#connection;
    const sentUs = this.env.monotonicUs();
    const result = yield* this.env.call<ZkReply>(
      this.#address(),
      { ...request, received: this.#received } satisfies Read | SetWatches | Write as Read,
      Math.floor((this.timeoutUs * 2) / 3),
    );
    // An answer on a connection that was given up never arrives.
    if (connection !== this.#connection) return CONNECTION_LOSS;
    if (!result.ok || result.message.status === 'refused') {
      this.#lost();
      return CONNECTION_LOSS;
    }
    if (!(yield* this.#inTurn(result.message.number))) return CONNECTION_LOSS;
    // The server answers in the order of the requests: it has never got the one that came first, and TCP would not go on.
    if (this.#restoring === connection && request.type !== 'SetWatches') {
      this.#lost();
      return CONNECTION_LOSS;
    }
    this.#heard(sentUs);
    this.#received = Math.max(this.#received, result.message.number);
    this.#saw(result.message.zxid);
    onAnswer?.(result.message);
    this.#takeEvents();
    return result.message;
  }

  /** Waits until everything that the server said before has been taken; false when the connection is given up first. */
  *#inTurn(number: number): Task<boolean> {
    const connection = this.#connection;
    while (number > this.#received + 1) {
      yield* this.env.sleep(MISSING_US);
      if (connection !== this.#connection) return false;
      if (number > this.#received + 1) yield* this.#ping();
      if (connection !== this.#connection) return false;
    }
    return true;
  }

  #takeEvents(): void {
    for (;;) {
      const event = this.#early.get(this.#received + 1);
      if (event === undefined) return;
      this.#received += 1;
      this.#early.delete(event.number);
      this.#monitor?.sessions.eventTaken(this.env.id, event, this.lastZxid);
      this.watches.take(event);
    }
  }

  #lost(): void {
    if (!this.#isConnected()) return;
    this.#connection += 1;
    this.#server = (this.#server + 1) % this.#servers.length;
    this.#become('disconnected');
  }

  #isConnected(): boolean {
    return this.state === 'connected';
  }

  #become(state: SessionState): void {
    this.state = state;
    this.env.mark(state, { session: this.id });
    this.#monitor?.sessions.speaks(this.env.id, this.id);
    for (const listener of this.listeners) listener(state);
  }

  #heard(sentUs: number): void {
    this.#heardUs = this.env.monotonicUs();
    this.aliveSinceUs = Math.max(this.aliveSinceUs, sentUs);
  }

  #saw(zxid: number): void {
    this.#monitor?.sessions.clientSaw(this.env.id, this.lastZxid, zxid);
    this.lastZxid = Math.max(this.lastZxid, zxid);
  }

  #address(): NodeId {
    return this.#servers[this.#server]!;
  }
}
