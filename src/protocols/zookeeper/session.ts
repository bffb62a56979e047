import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import { ClientLoop, connectTimeoutUs, repeatUs, RETRY_US } from './client-loop.ts';
import type {
  Closed,
  Connect,
  Ping,
  Read,
  SetWatches,
  WatchEvent,
  Write,
  ZkReply,
} from './messages.ts';
import type { ZookeeperMonitor } from './monitor.ts';
import type { Txn } from './txn.ts';
import type { ClientEnd } from './under-way.ts';
import { WatchCallbacks } from './watch-callbacks.ts';
import type { OnEvent } from './watch-callbacks.ts';

export type SessionState = 'connecting' | 'connected' | 'disconnected' | 'expired';

/** What became of a request; `ConnectionLoss`: nobody knows whether it took effect. */
export type ZkResult = ZkReply | typeof CONNECTION_LOSS;

const CONNECTION_LOSS = { status: 'ConnectionLoss', value: null, stat: null } as const;

type Request = Omit<Read, 'received'> | Omit<SetWatches, 'received'> | Omit<Write, 'received'>;

/** Connections are numbered by the life of their client, so that no two ever have the same number. */
const CONNECTIONS_A_LIFE = 1_000_000;
/** How long what arrived too early waits before what is missing is asked for again. */
const MISSING_US = 5_000;
/** The timer of {@link ClientLoop}. */
const TURN = 'client-loop';

/**
 * A client's session: connects to one server after another, pings and gives its connection up as {@link ClientLoop} says,
 * and learns that the session is over only from a server, after reconnecting.
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
  readonly #loop: ClientLoop;
  /** Counts connections: what belongs to an earlier one is over, also to one from before a restart. */
  #connection: number;
  /** The number up to which everything on this connection has been taken. */
  #received = 0;
  /** The connection on which watches are registered again and no server has said so yet; 0: none. */
  #restoring = 0;
  /** When the last ping was sent for the first time, on the monotonic clock. */
  #pingedUs = 0;
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
    this.#loop = new ClientLoop(timeoutUs, () => env.monotonicUs());
    this.#monitor = monitor;
    this.#connection = (env.incarnation - 1) * CONNECTIONS_A_LIFE;
    this.#server = env.random('server').below(servers.length);
    monitor?.underWay.clientStarts(env.id, this);
  }

  /** Null: there is no connection, or its watches are being registered again. */
  get connectionEnd(): ClientEnd | null {
    const number = this.#connection;
    if (!this.#isConnected() || this.#restoring === number) return null;
    return { session: this.id, server: this.#address(), number, received: this.#received };
  }

  start(): void {
    this.env.spawn(this.#reconnect());
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

  /**
   * Gives the session up without a word, while its connection is lost: the server ends it when it has been silent for long
   * enough.
   */
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
    if (this.#early.size > 0) this.#catchUp();
  }

  /** The server has ended the connection: what became of the session, the next one will say. */
  onClosed(from: NodeId, { connection }: Closed): void {
    if (connection !== this.#connection || from !== this.#address()) return;
    if (this.beats()) this.#lost();
  }

  onTimer(name: string): void {
    if (name === TURN) this.#turn();
  }

  // --- the rules ---

  /** Whether watches are registered again after a change of servers. */
  protected restoresWatches(): boolean {
    return true;
  }

  /** Whether the loop that pings runs now: it does whatever else the client does. */
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

  *#reconnect(): Task {
    while (!(yield* this.#connect())) {
      this.#server = (this.#server + 1) % this.#servers.length;
      yield* this.env.sleep(RETRY_US);
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
    const patienceUs = connectTimeoutUs(this.timeoutUs, this.#servers.length);
    const sentUs = this.env.monotonicUs();
    this.#loop.sent();
    const result = yield* this.env.call<ZkReply>(this.#address(), request, patienceUs);
    if (!result.ok || result.message.status === 'refused') return false;
    if (connection !== this.#connection) return false;
    const { status, value } = result.message;
    if (status === 'SessionExpired') {
      this.expired();
      return false;
    }
    this.id = value as number;
    this.state = 'connected';
    this.#answered(sentUs);
    // Before any other request: its answer could show what a watch has yet to tell.
    if (resumed && this.restoresWatches()) this.env.spawn(this.#setWatches());
    this.#become('connected');
    return true;
  }

  *#setWatches(): Task {
    const lists = this.watches.lists();
    if (lists.data.length + lists.exist.length + lists.children.length === 0) return;
    const relativeZxid = this.lastZxid;
    const connection = this.#connection;
    this.#restoring = connection;
    yield* this.request({ type: 'SetWatches', session: this.id, relativeZxid, ...lists });
    // One that was never answered ends when the next connection may be at it.
    if (this.#restoring === connection) this.#restoring = 0;
  }

  /** One turn of the loop. Whoever cannot run it notices nothing, and looks again later. */
  #turn(): void {
    if (!this.#isConnected()) return;
    if (!this.beats()) this.env.setTimer(TURN, repeatUs(this.timeoutUs));
    else if (this.#loop.isLost()) this.#lost();
    else {
      if (this.#loop.isPingDue()) this.#ping();
      this.env.setTimer(TURN, this.#loop.sleepUs());
    }
  }

  #ping(): void {
    this.#pingedUs = this.env.monotonicUs();
    this.#loop.sent();
    this.env.spawn(this.#repeatPing(this.#connection, this.#pingedUs));
  }

  /** Sends a ping, and again while nothing that was sent since is answered, as TCP would. Any of the answers will do. */
  *#repeatPing(connection: number, firstUs: number): Task {
    while (connection === this.#connection && this.aliveSinceUs < firstUs) {
      this.env.spawn(this.#sendPing(connection));
      yield* this.env.sleep(repeatUs(this.timeoutUs));
    }
  }

  /** A ping has no time of its own: its answer counts as long as the connection stands. */
  *#sendPing(connection: number): Task {
    const ping: Ping = { type: 'Ping', session: this.id, received: this.#received };
    const sentUs = this.env.monotonicUs();
    const { readTimeoutUs } = this.#loop;
    const result = yield* this.env.call<ZkReply>(this.#address(), ping, readTimeoutUs);
    if (connection !== this.#connection || !result.ok) return;
    if (result.message.status === 'ok') this.#answered(sentUs);
    else this.#lost();
  }

  /** Has the server say again what is missing. One at a time: all that it says again would ask for more. */
  #catchUp(): void {
    if (this.aliveSinceUs >= this.#pingedUs) this.#ping();
  }

  /** `onAnswer` runs before anything that the server said later is taken. */
  protected *request(request: Request, onAnswer?: (answer: ZkReply) => void): Task<ZkResult> {
    if (!this.#isConnected()) {
      yield* this.env.sleep(RETRY_US);
      return CONNECTION_LOSS;
    }
    const connection = this.#connection;
    const sentUs = this.env.monotonicUs();
    this.#loop.sent();
    this.#turn();
    if (connection !== this.#connection) return CONNECTION_LOSS;
    const result = yield* this.env.call<ZkReply>(
      this.#address(),
      { ...request, received: this.#received } satisfies Read | SetWatches | Write as Read,
      this.#loop.readTimeoutUs,
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
    this.#answered(sentUs);
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
      if (number > this.#received + 1) this.#catchUp();
    }
    return true;
  }

  #takeEvents(): void {
    for (;;) {
      const event = this.#early.get(this.#received + 1);
      if (event === undefined) return;
      this.#received += 1;
      this.#early.delete(event.number);
      this.#heard();
      this.#monitor?.sessions.eventTaken(this.env.id, event, this.lastZxid);
      this.watches.take(event);
    }
  }

  #lost(): void {
    if (!this.#isConnected()) return;
    this.#connection += 1;
    this.#server = (this.#server + 1) % this.#servers.length;
    this.#become('disconnected');
    this.env.spawn(this.#reconnect());
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

  /** An answer: the server has heard what was sent at `sentUs`. */
  #answered(sentUs: number): void {
    this.aliveSinceUs = Math.max(this.aliveSinceUs, sentUs);
    this.#heard();
  }

  #heard(): void {
    this.#loop.heard();
    this.#turn();
  }

  #saw(zxid: number): void {
    this.#monitor?.sessions.clientSaw(this.env.id, this.lastZxid, zxid);
    this.lastZxid = Math.max(this.lastZxid, zxid);
  }

  #address(): NodeId {
    return this.#servers[this.#server]!;
  }
}
