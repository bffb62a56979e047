import type { NodeEnv, Task } from '../../sim/engine/env.ts';
import type { HeldLock, LockService } from '../locks/index.ts';
import type { ZookeeperConfig } from './config.ts';
import { grantIdOf } from './grant-id.ts';
import type { ConnectionState, ConnectionStates } from './connection-states.ts';
import type { ZookeeperMonitor } from './monitor.ts';
import { nameOf, parentOf } from './paths.ts';
import type { ZkSession } from './session.ts';
import type { Stat } from './txn.ts';

/** One node of one's own in a lock's folder. */
export interface Contender extends HeldLock {
  readonly path: string;
  readonly session: number;
  /** Whether others of its kind may hold at once. */
  readonly shared: boolean;
  readonly wish: Wish;
  /** Somebody has asked the holder to let go. */
  askedBack: boolean;
  phase: 'waiting' | 'holding' | 'over';
}

/** What a caller wants, however many nodes it takes. */
export interface Wish {
  readonly key: string;
  readonly shared: boolean;
  /** The node's path up to the number. */
  readonly prefix: string;
  readonly deadlineUs: number;
  /** The lock to write that a reader goes on from, or null. */
  readonly from: Contender | null;
  readonly then: (lock: Contender | null) => void;
}

export interface OwnNode {
  readonly path: string;
  readonly czxid: number;
  readonly session: number;
}

/** What a recipe is built from. */
export interface RecipeParts {
  readonly env: NodeEnv;
  readonly config: ZookeeperConfig;
  readonly session: ZkSession;
  readonly states: ConnectionStates;
  readonly monitor: ZookeeperMonitor | null;
}

export const PAUSE_US = 20_000;

/**
 * What the lock, the read-write lock and the semaphore share: to make an ephemeral sequential node and surely know of
 * it, to delete it and surely have it deleted, and to stop believing when the session may be over. Each rule is a method.
 */
export abstract class Recipe implements LockService<Contender> {
  protected readonly env: NodeEnv;
  protected readonly config: ZookeeperConfig;
  protected readonly session: ZkSession;
  protected readonly monitor: ZookeeperMonitor | null;
  protected readonly states: ConnectionStates;
  protected readonly contenders = new Set<Contender>();
  #wishes = 0;

  constructor({ env, config, session, states, monitor }: RecipeParts) {
    this.env = env;
    this.config = config;
    this.session = session;
    this.states = states;
    this.monitor = monitor;
    states.listeners.push((state) => {
      this.#stateChanged(state);
    });
  }

  abstract acquire(key: string, then: (lock: Contender | null) => void): void;

  isHeld(lock: Contender): boolean {
    return lock.phase === 'holding';
  }

  release(lock: Contender, then: () => void): void {
    this.endBelief(lock);
    this.env.spawn(this.leave(lock, then));
  }

  // --- the rules ---

  /** The answer to a create was lost: look for the random part of the name before creating another node. */
  protected looksForOwnNode(): boolean {
    return this.config.guid;
  }

  /** A node with one's random name may still belong to an earlier session, and then vanishes with it. */
  protected isOwn(stat: Stat, session: number): boolean {
    return stat.ephemeralOwner === session;
  }

  /** A delete whose answer was lost is sent again. */
  protected retriesDelete(): boolean {
    return this.config.guaranteedDelete;
  }

  /** A node is deleted in the session that made it; when that is over, so is the node. */
  protected mayDelete(contender: Contender): boolean {
    return this.session.id === contender.session;
  }

  /** Whether this change of the connection ends what the holder may believe. */
  protected endsBelief(state: ConnectionState): boolean {
    return this.states.endsBelief(state);
  }

  /** A reader that goes on from a writer bears the writer's number; null: the service counts. */
  protected numberOf({ from }: Wish): string | null {
    return from === null ? null : from.path.slice(from.wish.prefix.length);
  }

  protected tokenOf(_path: string, czxid: number): number {
    return czxid;
  }

  // --- the steps ---

  protected newWish(
    folder: string,
    kind: string,
    wish: Pick<Wish, 'key' | 'shared' | 'then'> & Partial<Pick<Wish, 'from'>>,
  ): Wish {
    this.#wishes += 1;
    const random = this.env.random('guid').below(0x1_0000_0000).toString(16).padStart(8, '0');
    const guid = `${random}-${this.env.name}-${this.env.incarnation}-${this.#wishes}`;
    return {
      from: null,
      ...wish,
      prefix: `${folder}/${this.config.guid ? guid : ''}-${kind}-`,
      deadlineUs: this.env.monotonicUs() + this.config.acquireTimeoutUs,
    };
  }

  /** Its time is up, or the lock that it goes on from is gone with its session. */
  protected isLate({ deadlineUs, from }: Wish): boolean {
    if (from !== null && from.session !== this.session.id) return true;
    return this.env.monotonicUs() >= deadlineUs;
  }

  /** Makes the wish's node, parents too. Null: not made for now; nothing of it stands in this session. */
  protected *createNode(wish: Wish): Task<OwnNode | null> {
    const session = this.session.id;
    if (session === 0 || this.isLate(wish)) return null;
    this.monitor?.queues.wished(this.env.id, wish.prefix);
    const number = this.numberOf(wish);
    const result = yield* this.session.write({
      op: 'create',
      session,
      path: wish.prefix + (number ?? ''),
      ephemeral: true,
      sequential: number === null,
      data: null,
    });
    if (result.status === 'ok' && result.stat !== null)
      return { path: result.value as string, czxid: result.stat.czxid, session };
    if (result.status === 'NoNode') {
      yield* this.#makeParents(session, parentOf(wish.prefix));
      return yield* this.createNode(wish);
    }
    if (result.status === 'ConnectionLoss' && this.looksForOwnNode())
      return yield* this.findOwn(wish);
    if (result.status === 'NodeExists') return yield* this.#madeBefore(wish, session);
    return null;
  }

  *#makeParents(session: number, folder: string): Task {
    const names = folder.split('/').slice(1);
    for (const [at] of names.entries())
      yield* this.session.write({
        op: 'create',
        session,
        path: `/${names.slice(0, at + 1).join('/')}`,
        ephemeral: false,
        sequential: false,
        data: null,
      });
  }

  /** A create whose answer was lost has made the node: only one that bears a given number can be there already. */
  *#madeBefore(wish: Wish, session: number): Task<OwnNode | null> {
    const name = nameOf(wish.prefix) + (this.numberOf(wish) ?? '');
    const found = yield* this.#ownAmong(parentOf(wish.prefix), [name], session);
    return found === 'unknown' ? null : found;
  }

  /**
   * The node with this random name, if it was made after all and is this session's; null: there is none. However late
   * it is: whoever gives up must know what to delete.
   */
  protected *findOwn(wish: Wish): Task<OwnNode | null> {
    const folder = parentOf(wish.prefix);
    const name = nameOf(wish.prefix);
    for (;;) {
      const session = this.session.id;
      // What this server has applied may be older than the lost create.
      const synced = yield* this.session.write({ op: 'sync', session });
      if (synced.status === 'ConnectionLoss') continue;
      const list = yield* this.session.read('GetChildren', folder);
      if (list.status === 'ConnectionLoss') continue;
      if (list.status !== 'ok') return null;
      const named = (list.value as readonly string[]).filter((child) => child.startsWith(name));
      const found = yield* this.#ownAmong(folder, named, session);
      if (found !== 'unknown') return found;
    }
  }

  /** One of an earlier session may still stand there under the same random name. */
  *#ownAmong(
    folder: string,
    names: readonly string[],
    session: number,
  ): Task<OwnNode | null | 'unknown'> {
    for (const name of names) {
      const path = `${folder}/${name}`;
      const { status, stat } = yield* this.session.read('GetData', path);
      if (status === 'ConnectionLoss') return 'unknown';
      if (stat !== null && this.isOwn(stat, session)) return { path, czxid: stat.czxid, session };
    }
    return null;
  }

  protected contend(wish: Wish, { path, czxid, session }: OwnNode): Contender {
    const { key, shared } = wish;
    const token = this.config.fence === 'none' ? null : this.tokenOf(path, czxid);
    const contender: Contender = {
      key,
      grant: grantIdOf(path, czxid),
      token,
      path,
      session,
      shared,
      wish,
      askedBack: false,
      phase: 'waiting',
    };
    this.contenders.add(contender);
    this.monitor?.queues.contends(this.env.id, wish.prefix, path);
    return contender;
  }

  protected granted(contender: Contender): void {
    if (contender.phase !== 'waiting') return;
    contender.phase = 'holding';
    const { key, grant, token, shared, wish } = contender;
    const continues = wish.from === null ? {} : { continues: wish.from.grant };
    this.monitor?.granted({ id: grant, key, client: this.env.id, token, shared, ...continues });
    this.env.mark('acquired', { key, token });
    wish.then(contender);
  }

  protected endBelief(contender: Contender): void {
    if (contender.phase === 'holding') this.monitor?.judge.beliefEnded(contender.grant);
    contender.phase = 'over';
  }

  /** Nothing came of the wish. */
  protected drop({ prefix, then }: Wish): void {
    this.monitor?.queues.unwished(this.env.id, prefix);
    then(null);
  }

  /** The node is gone with its session. The caller may wish again, or has asked that we do. */
  protected giveUp(contender: Contender): void {
    if (contender.phase !== 'waiting') return;
    contender.phase = 'over';
    this.forget(contender);
    const { wish } = contender;
    if (this.config.retryWhenGone && !this.isLate(wish)) this.retry(wish);
    else wish.then(null);
  }

  protected abstract retry(wish: Wish): void;

  protected *leave(contender: Contender, then: () => void): Task {
    this.contenders.delete(contender);
    this.monitor?.queues.busy(contender.path);
    while (this.mayDelete(contender)) {
      const result = yield* this.session.write({
        op: 'delete',
        session: this.session.id,
        path: contender.path,
        version: -1,
      });
      if (result.status !== 'ConnectionLoss' || !this.retriesDelete()) break;
    }
    this.forget(contender);
    if (this.config.cleanParent && this.session.id !== 0) yield* this.#cleanParent(contender);
    then();
  }

  /** A folder with nobody in it goes; with somebody in it the service refuses. */
  *#cleanParent({ path }: Contender): Task {
    const session = this.session.id;
    yield* this.session.write({ op: 'delete', session, path: parentOf(path), version: -1 });
  }

  /** Nobody wants anything with this node any more. */
  protected forget(contender: Contender): void {
    this.contenders.delete(contender);
    this.monitor?.queues.leaves(contender.path);
  }

  #stateChanged(state: ConnectionState): void {
    for (const contender of [...this.contenders]) {
      if (contender.phase === 'holding' && this.endsBelief(state)) {
        this.env.mark('lost', { key: contender.key });
        this.endBelief(contender);
      }
      if (contender.phase === 'waiting' && state === 'lost') this.giveUp(contender);
    }
  }
}
