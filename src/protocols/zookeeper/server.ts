import type {
  DiskError,
  Message,
  NodeEnv,
  NodeId,
  NodeProgram,
  Task,
} from '../../sim/engine/env.ts';
import { initialMembership } from '../raft/index.ts';
import type { Entry, RaftMessage } from '../raft/index.ts';
import type { ZookeeperConfig } from './config.ts';
import type {
  Connect,
  Forward,
  Read,
  SetWatches,
  TouchReply,
  WatchEvent,
  ZkMessage,
  ZkReply,
} from './messages.ts';
import type { ZookeeperMonitor } from './monitor.ts';
import { Replica, zxidOf } from './replica.ts';
import type { LoggedTxn } from './replica.ts';
import { SessionTracker } from './session-tracker.ts';
import { Watches } from './watches.ts';
import { parentOf } from './znode-tree.ts';
import type { Stat, Txn, TxnOutcome } from './znode-tree.ts';

interface Caller {
  readonly from: NodeId;
  readonly replyTo: number;
}

const TICK = 'session-tick';

/**
 * One ZooKeeper server: writes go through the leader and the log, reads are answered from what this server has applied
 * and may be stale, watches live on the server that the client is connected to.
 */
export class ZookeeperServer implements NodeProgram {
  readonly replica: Replica;
  protected readonly env: NodeEnv;
  protected readonly config: ZookeeperConfig;
  readonly #monitor: ZookeeperMonitor | null;
  readonly #tracker: SessionTracker;
  readonly #watches = new Watches();
  readonly #waiting = new Map<string, Caller>();
  /** Which client speaks for a session here. */
  readonly #clients = new Map<number, NodeId>();
  /** On the leader: over which server a session speaks. */
  readonly #owners = new Map<number, NodeId>();
  #tickets = 0;
  /** The term for which this server, as its leader, has taken over the sessions. */
  #trackedTerm = 0;

  constructor(
    env: NodeEnv,
    config: ZookeeperConfig,
    servers: readonly NodeId[],
    monitor: ZookeeperMonitor | null,
  ) {
    this.env = env;
    this.config = config;
    this.#monitor = monitor;
    const members = servers.slice(0, -1);
    this.replica = new Replica(
      env,
      config.raft,
      initialMembership(members, config.raft),
      monitor?.raft ?? null,
    );
    this.replica.onApplied = (entry, logged, outcome) => {
      this.#applied(entry, logged, outcome);
    };
    this.#tracker = new SessionTracker(config.tickUs);
  }

  onStart(): void {
    this.replica.start();
    this.env.setTimer(TICK, this.config.tickUs);
  }

  onMessage(from: NodeId, message: Message, replyTo: number): void {
    const caller: Caller = { from, replyTo };
    const request = message as ZkMessage;
    switch (request.type) {
      case 'Connect':
        this.#connect(caller, request);
        break;
      case 'Write':
        this.#write(caller, request.txn);
        break;
      case 'GetData':
      case 'GetChildren':
        this.#read(caller, request);
        break;
      case 'Ping':
        if (!this.#serves(caller, request.session)) break;
        this.#touch(request.session);
        this.#answer(caller, 'ok', null);
        break;
      case 'SetWatches':
        this.#setWatches(caller, request);
        break;
      case 'Forward':
        this.#submit(from, request);
        break;
      case 'Touch':
        this.#onTouch(caller, request.session);
        break;
      default:
        this.replica.step(from, message as RaftMessage, replyTo);
    }
  }

  onTimer(name: string): void {
    if (name !== TICK) {
      this.replica.timeout(name);
      return;
    }
    this.env.setTimer(TICK, this.config.tickUs);
    if (!this.#leads()) return;
    for (const session of this.#tracker.takeExpired(this.env.monotonicUs())) {
      this.#monitor?.expiring(this.env.id, session);
      this.replica.submit({ ticket: '', txn: { op: 'closeSession', session } });
    }
  }

  onSynced(_token: number, error: DiskError | null): void {
    this.replica.synced(error);
  }

  // --- the rules ---

  /** "Single system image": a client never sees an older state than the one it has seen. */
  protected mayServe(lastZxid: number): boolean {
    return lastZxid <= this.replica.zxid;
  }

  /** A new leader does not know when sessions were last heard of: each gets its whole timeout again. */
  protected refreshesSessions(): boolean {
    return true;
  }

  /** Whether a watch that is registered again tells what happened while its client was away. */
  protected firesMissed(changedSince: boolean): boolean {
    return changedSince;
  }

  /** "SessionMoved": the session has been taken up on another server since. */
  protected hasMoved(owner: NodeId, from: NodeId): boolean {
    return owner !== from;
  }

  // --- the steps ---

  #connect(caller: Caller, { session, timeoutUs, lastZxid }: Connect): void {
    if (this.replica.leaderId === null || !this.mayServe(lastZxid)) {
      this.#answer(caller, 'refused', null);
      return;
    }
    if (session === 0) this.#write(caller, { op: 'createSession', timeoutUs });
    else this.env.spawn(this.#resume(caller, session));
  }

  /** Only the leader knows whether a session is still alive; this server's state may be old. */
  *#resume(caller: Caller, session: number): Task {
    const { leaderId } = this.replica;
    let alive: boolean | null = null;
    if (leaderId === this.env.id) alive = this.#leads() ? this.#takeOver(leaderId, session) : null;
    else if (leaderId !== null) {
      const result = yield* this.env.call<TouchReply>(
        leaderId,
        { type: 'Touch', session } as Message,
        this.config.raft.electionTimeoutMaxUs,
      );
      if (result.ok) alive = result.message.alive;
    }
    if (alive === true) this.#clients.set(session, caller.from);
    if (alive === null) this.#answer(caller, 'refused', null);
    else this.#answer(caller, alive ? 'ok' : 'SessionExpired', session);
  }

  #write(caller: Caller, txn: Txn): void {
    this.#tickets += 1;
    const ticket = `${this.env.id}.${this.env.incarnation}.${this.#tickets}`;
    const { leaderId } = this.replica;
    if (leaderId === null) {
      this.#answer(caller, 'refused', null);
      return;
    }
    this.#waiting.set(ticket, caller);
    if (txn.op !== 'createSession') this.#touch(txn.session);
    const forward: Forward = { type: 'Forward', ticket, txn };
    if (leaderId === this.env.id) this.#submit(leaderId, forward);
    else this.env.send(leaderId, forward);
  }

  /** On the leader. A change that comes over a server that its client has left is not ordered any more. */
  #submit(from: NodeId, { ticket, txn }: Forward): void {
    if (txn.op !== 'createSession') {
      const owner = this.#owners.get(txn.session) ?? from;
      if (this.hasMoved(owner, from)) return;
      this.#owners.set(txn.session, owner);
    }
    this.replica.submit({ ticket, txn });
  }

  #read(caller: Caller, { type, session, path, watch }: Read): void {
    if (!this.#serves(caller, session)) return;
    this.#touch(session);
    const { tree } = this.replica;
    const stat = tree.stat(path);
    if (watch) this.#watches.add(type === 'GetData' ? 'data' : 'children', path, session);
    const value = type === 'GetData' ? tree.data(path) : tree.children(path);
    this.#answer(caller, stat === null ? 'NoNode' : 'ok', value, stat);
  }

  #setWatches(caller: Caller, { session, relativeZxid, data, children }: SetWatches): void {
    if (!this.#serves(caller, session)) return;
    const { tree } = this.replica;
    const restore = (kind: 'data' | 'children', path: string): void => {
      const stat = tree.stat(path);
      const changed = kind === 'data' ? (stat?.mzxid ?? 0) > relativeZxid : true;
      // A list of children is told of always: this server does not know when it changed last.
      if (this.firesMissed(stat === null || changed)) this.#tell(session, path);
      else this.#watches.add(kind, path, session);
    };
    for (const path of data) restore('data', path);
    for (const path of children) restore('children', path);
    this.#answer(caller, 'ok', null);
  }

  #applied(entry: Entry, { ticket, txn }: LoggedTxn, outcome: TxnOutcome): void {
    const zxid = zxidOf(entry);
    this.#monitor?.applied(entry.index, zxid, txn);
    for (const change of outcome.changes)
      for (const { session, path } of this.#watches.fire(change)) {
        this.#monitor?.watchFired(zxid, parentOf(change.path), session);
        this.#tell(session, path);
      }
    if (txn.op === 'closeSession') {
      this.#tracker.forget(txn.session);
      this.#owners.delete(txn.session);
      this.#watches.forget(txn.session);
      this.#clients.delete(txn.session);
    } else if (txn.op === 'createSession' && this.#leads()) this.#revive(zxid);
    const caller = this.#waiting.get(ticket);
    if (caller === undefined) return;
    this.#waiting.delete(ticket);
    if (txn.op === 'createSession') this.#clients.set(zxid, caller.from);
    const path = typeof outcome.value === 'string' ? outcome.value : null;
    const stat = path === null ? null : this.replica.tree.stat(path);
    this.#answer(caller, outcome.status, outcome.value, stat);
  }

  /** A server without a leader sends its clients away, and so does one that does not know the session. */
  #serves(caller: Caller, session: number): boolean {
    if (this.replica.leaderId !== null && this.#clients.has(session)) return true;
    this.#answer(caller, 'refused', null);
    return false;
  }

  #touch(session: number): void {
    const { leaderId } = this.replica;
    if (leaderId === this.env.id) {
      if (this.#leads()) this.#revive(session);
    } else if (leaderId !== null) this.env.send(leaderId, { type: 'Touch', session } as Message);
  }

  #onTouch({ from, replyTo }: Caller, session: number): void {
    if (!this.#leads()) return;
    if (replyTo === 0) this.#revive(session);
    else {
      const alive = this.#takeOver(from, session);
      this.env.reply(from, replyTo, { type: 'TouchReply', alive });
    }
  }

  /** From now on the session speaks through `server`. */
  #takeOver(server: NodeId, session: number): boolean {
    const alive = this.#revive(session);
    if (alive) this.#owners.set(session, server);
    return alive;
  }

  /** False when the session is over, or has been put down to be closed. */
  #revive(session: number): boolean {
    const timeoutUs = this.replica.tree.sessions.get(session);
    if (timeoutUs === undefined) return false;
    if (!this.#tracker.touch(session, timeoutUs, this.env.monotonicUs())) return false;
    this.#monitor?.touched(this.env.id, session);
    return true;
  }

  #leads(): boolean {
    const { role, currentTerm, tree } = this.replica;
    if (role !== 'leader') return false;
    if (this.#trackedTerm === currentTerm) return true;
    this.#trackedTerm = currentTerm;
    if (!this.refreshesSessions()) return true;
    this.#tracker.clear();
    this.#owners.clear();
    for (const [session] of tree.sessions) this.#revive(session);
    return true;
  }

  #tell(session: number, path: string): void {
    const client = this.#clients.get(session);
    if (client === undefined) return;
    const event: WatchEvent = { type: 'WatchEvent', path, zxid: this.replica.zxid };
    this.env.send(client, event);
  }

  #answer(
    { from, replyTo }: Caller,
    status: ZkReply['status'],
    value: unknown,
    stat: Stat | null = null,
  ): void {
    const reply: ZkReply = { type: 'ZkReply', status, value, stat, zxid: this.replica.zxid };
    this.env.reply(from, replyTo, reply);
  }
}
