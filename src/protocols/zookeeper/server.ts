import type {
  DiskError,
  Message,
  NodeEnv,
  NodeId,
  NodeProgram,
  Task,
} from '../../sim/engine/env.ts';
import { initialMembership } from '../raft/index.ts';
import type { Entry, Logged, RaftMessage, ReplicaListener } from '../raft/index.ts';
import type { ZookeeperConfig } from './config.ts';
import { Connection } from './connection.ts';
import { LeaderSessions } from './leader-sessions.ts';
import type {
  Closed,
  Connect,
  Forward,
  Ping,
  Read,
  SetWatches,
  TouchReply,
  Write,
  ZkMessage,
  ZkReply,
} from './messages.ts';
import type { ZookeeperMonitor } from './monitor.ts';
import { Replica, replicaOf } from './replica.ts';
import type { Txn, TxnOutcome } from './txn.ts';
import { Watches, missedSince } from './watches.ts';
import type { Notice, WatchLists } from './watches.ts';
import { ZnodeTree, zxidOf } from './znode-tree.ts';

interface Caller {
  readonly from: NodeId;
  readonly replyTo: number;
  /** Of a client that opens a session: the number of its connection. */
  readonly opens?: number;
  /** The connection that the request came over: its answer goes there or nowhere. */
  readonly on?: Connection;
}

const TICK = 'session-tick';

/**
 * One ZooKeeper server: writes go through the leader and the log, reads are answered from what this server has applied
 * and may be stale, watches live on the server that the client is connected to.
 */
export class ZookeeperServer implements NodeProgram, ReplicaListener<Txn, TxnOutcome> {
  readonly replica: Replica;
  readonly watches = new Watches();
  protected readonly env: NodeEnv;
  protected readonly config: ZookeeperConfig;
  protected readonly sessions: LeaderSessions;
  readonly #monitor: ZookeeperMonitor | null;
  readonly #waiting = new Map<string, Caller>();
  /** Of the sessions whose clients are connected here. */
  readonly #connections = new Map<number, Connection>();
  #tickets = 0;
  /** On the leader: what other servers have sent it in this term. */
  #forwarded = { term: 0, tickets: new Set<string>() };

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
    const kind = replicaOf(this.replicaKind(), () => this.createTree(config.firstSequence));
    this.replica = new kind(
      env,
      config.raft,
      initialMembership(members, config.raft),
      monitor?.raft ?? null,
    );
    this.replica.listener = this;
    this.sessions = new LeaderSessions(
      this.replica,
      config.tickUs,
      () => env.monotonicUs(),
      monitor,
      () => this.refreshesSessions(),
    );
    monitor?.underWay.serverStarts(env.id, this);
  }

  get zxid(): number {
    return this.replica.zxid;
  }

  connectionOf(session: number): Connection | undefined {
    return this.#connections.get(session);
  }

  onStart(): void {
    this.replica.start();
    this.env.setTimer(TICK, this.sessions.untilTickUs());
  }

  onMessage(from: NodeId, message: Message, replyTo: number): void {
    const caller: Caller = { from, replyTo };
    const request = message as ZkMessage;
    switch (request.type) {
      case 'Connect':
        this.#connect(caller, request);
        break;
      case 'Write':
        this.#serve(caller, request, (on) => {
          this.#write({ ...caller, on }, request.txn);
        });
        break;
      case 'Exists':
      case 'GetData':
      case 'GetChildren':
        this.#serve(caller, request, (on) => {
          this.#read({ ...caller, on }, request);
        });
        break;
      case 'Ping':
        this.#serve(caller, request, (on) => {
          on.sayAgain();
          this.#answer(caller, 'ok');
        });
        break;
      case 'SetWatches':
        this.#serve(caller, request, (on) => {
          this.#setWatches({ ...caller, on }, request);
        });
        break;
      case 'Forward':
        if (this.isInTurn(request)) this.#submit(from, request);
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
    this.env.setTimer(TICK, this.sessions.untilTickUs());
    if (!this.sessions.lead()) return;
    for (const session of this.sessions.takeExpired()) this.expire(session);
  }

  onSynced(_token: number, error: DiskError | null): void {
    this.replica.synced(error);
  }

  // --- the rules ---

  protected createTree(firstSequence: number): ZnodeTree {
    return new ZnodeTree(firstSequence);
  }

  /** Of what kind the replicated log is: one that asks a majority. */
  protected replicaKind(): typeof Replica {
    return Replica;
  }

  /** "Single system image": a client never sees an older state than the one it has seen. */
  protected mayServe(lastZxid: number): boolean {
    return lastZxid <= this.replica.zxid;
  }

  /** A new leader does not know when sessions were last heard of: each gets its whole timeout again. */
  protected refreshesSessions(): boolean {
    return true;
  }

  /** The end of a session is a transaction like any other: all servers delete its nodes at one zxid. */
  protected expire(session: number): void {
    this.replica.submit({ ticket: '', change: { op: 'closeSession', session } });
  }

  /** What a watch that is registered again tells of the time when its client was away. */
  protected missed(kind: keyof WatchLists, path: string, relativeZxid: number) {
    return missedSince(this.replica.tree, kind, path, relativeZxid);
  }

  /** "SessionMoved": the session has been taken up on another server since. */
  protected hasMoved(owner: NodeId, from: NodeId): boolean {
    return owner !== from;
  }

  /** What the network doubles, or brings from an earlier connection, TCP would not deliver. */
  protected isNew(connection: Connection, call: number): boolean {
    return connection.takes(call);
  }

  /** Between servers, too, TCP brings a change once, and none to the leader of another term. */
  protected isInTurn({ term, ticket }: Forward): boolean {
    if (term !== this.replica.currentTerm) return false;
    if (this.#forwarded.term !== term) this.#forwarded = { term, tickets: new Set() };
    if (this.#forwarded.tickets.has(ticket)) return false;
    this.#forwarded.tickets.add(ticket);
    return true;
  }

  // --- connections ---

  #connect(caller: Caller, request: Connect): void {
    const { session, timeoutUs, lastZxid, connection } = request;
    if (this.replica.leaderId === null || !this.mayServe(lastZxid)) {
      this.#answer(caller, 'refused');
      return;
    }
    if (session !== 0) this.env.spawn(this.#resume(caller, session, connection));
    else this.#write({ ...caller, opens: connection }, { op: 'createSession', timeoutUs });
  }

  /** Only the leader knows whether a session is still alive; this server's state may be old. */
  *#resume(caller: Caller, session: number, connection: number): Task {
    const { leaderId } = this.replica;
    let alive: boolean | null = null;
    if (leaderId === this.env.id)
      alive = this.sessions.lead() ? this.sessions.takeOver(leaderId, session) : null;
    else if (leaderId !== null) {
      const result = yield* this.env.call<TouchReply>(
        leaderId,
        { type: 'Touch', session } as Message,
        this.config.raft.electionTimeoutMaxUs,
      );
      if (result.ok) alive = result.message.alive;
    }
    if (alive === true) this.#open(session, caller, connection);
    if (alive === null) this.#answer(caller, 'refused');
    else this.#answer(caller, alive ? 'ok' : 'SessionExpired', session);
  }

  #open(session: number, { from, replyTo }: Caller, number: number): void {
    const open = this.#connections.get(session);
    // A copy of a request that was answered already.
    if (open?.client === from && open.number >= number) return;
    this.watches.forget(session);
    this.#connections.set(session, new Connection(session, from, number, replyTo));
  }

  /** A server without a leader sends its clients away, and so does one that does not know the session. */
  #serve(
    caller: Caller,
    { type, session, received }: Ping | Read | SetWatches | Write,
    then: (on: Connection) => void,
  ): void {
    const connection = this.#connections.get(session);
    if (this.replica.leaderId === null || connection === undefined) {
      this.#answer(caller, 'refused');
      return;
    }
    if (type !== 'Ping' && !this.isNew(connection, caller.replyTo)) return;
    connection.received(received);
    this.#touch(session);
    then(connection);
  }

  /** A snapshot says nothing of what changed: clients must come again and have their watches compared. */
  replaced(): void {
    this.#connections.clear();
    this.watches.clear();
  }

  // --- writes ---

  #write(caller: Caller, txn: Txn): void {
    const { leaderId } = this.replica;
    if (leaderId === null) {
      this.#answer(caller, 'refused');
      return;
    }
    this.#tickets += 1;
    const ticket = `${this.env.id}.${this.env.incarnation}.${this.#tickets}`;
    this.#waiting.set(ticket, caller);
    const forward: Forward = { type: 'Forward', term: this.replica.currentTerm, ticket, txn };
    if (leaderId === this.env.id) this.#submit(leaderId, forward);
    else this.env.send(leaderId, forward);
  }

  /** On the leader. A change that comes over a server that its client has left is not ordered any more. */
  #submit(from: NodeId, { ticket, txn }: Forward): void {
    if (txn.op !== 'createSession') {
      if (this.hasMoved(this.sessions.ownerOf(txn.session, from), from)) return;
    }
    this.replica.submit({ ticket, change: txn });
  }

  applied(entry: Entry, { ticket, change: txn }: Logged<Txn>, outcome: TxnOutcome): void {
    const zxid = zxidOf(entry);
    this.#monitor?.applied(entry, txn, this.replica.tree);
    for (const change of outcome.changes)
      for (const notice of this.watches.fire(change)) {
        this.#monitor?.queues.watchFired(zxid, change.path, notice.session);
        this.#tell(notice, zxid);
      }
    if (txn.op === 'createSession' && this.sessions.lead()) this.sessions.revive(zxid);
    const caller = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    if (caller !== undefined) {
      const { status, value, stat } = outcome;
      if (caller.opens !== undefined) this.#open(zxid, caller, caller.opens);
      this.#answer(caller, status, value, stat);
    }
    if (txn.op === 'closeSession') {
      this.sessions.forget(txn.session);
      this.watches.forget(txn.session);
      this.#close(txn.session);
    }
  }

  /** The end of a session is the end of its connection (FinalRequestProcessor): its client need not wait for its next ping. */
  #close(session: number): void {
    const connection = this.#connections.get(session);
    if (connection === undefined) return;
    this.#connections.delete(session);
    const closed: Closed = { type: 'Closed', connection: connection.number };
    this.env.send(connection.client, closed);
  }

  // --- reads and watches ---

  #read(caller: Caller, { type, session, path, watch }: Read): void {
    const { tree } = this.replica;
    const stat = tree.stat(path);
    // Only the wish to know whether a node exists can be watched for a node that does not.
    if (watch && (stat !== null || type === 'Exists')) {
      this.watches.add(type === 'GetChildren' ? 'children' : 'data', path, session);
      this.#monitor?.queues.watchSet(session, path, type === 'GetChildren', tree);
    }
    const status = stat === null ? 'NoNode' : 'ok';
    if (type === 'Exists') this.#answer(caller, status, null, stat);
    else {
      const value = type === 'GetData' ? tree.data(path) : tree.children(path);
      this.#answer(caller, status, value, stat);
    }
  }

  #setWatches(caller: Caller, request: SetWatches): void {
    const { session, relativeZxid, data, exist, children } = request;
    const restore = (kind: keyof WatchLists, paths: readonly string[]): void => {
      for (const path of paths) {
        const event = this.missed(kind, path, relativeZxid);
        if (event === null) this.watches.add(kind === 'children' ? kind : 'data', path, session);
        else this.#tell({ session, event, path }, this.replica.zxid);
      }
    };
    restore('data', data);
    restore('exist', exist);
    restore('children', children);
    this.#answer(caller, 'ok');
  }

  #tell(notice: Notice, zxid: number): void {
    const connection = this.#connections.get(notice.session);
    connection?.tell(notice, zxid, (told) => {
      this.env.send(connection.client, told);
    });
  }

  // --- sessions ---

  #touch(session: number): void {
    const { leaderId } = this.replica;
    if (leaderId === this.env.id) {
      if (this.sessions.lead()) this.sessions.revive(session);
    } else if (leaderId !== null) this.env.send(leaderId, { type: 'Touch', session } as Message);
  }

  #onTouch({ from, replyTo }: Caller, session: number): void {
    if (!this.sessions.lead()) return;
    if (replyTo === 0) this.sessions.revive(session);
    else {
      const alive = this.sessions.takeOver(from, session);
      this.env.reply(from, replyTo, { type: 'TouchReply', alive });
    }
  }

  /** In the order of the caller's connection, if it still stands; outside any order when there is none yet. */
  #answer(
    { from, replyTo, on }: Caller,
    status: ZkReply['status'],
    value: ZkReply['value'] = null,
    stat: ZkReply['stat'] = null,
  ): void {
    const { zxid } = this.replica;
    const say = (number: number): void => {
      const reply: ZkReply = { type: 'ZkReply', status, value, stat, zxid, number };
      this.env.reply(from, replyTo, reply);
    };
    if (on === undefined) say(0);
    else if (this.#connections.get(on.session) === on) on.say(say);
  }
}
