import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { HeldLock, LockService } from '../locks/index.ts';
import type { ZookeeperConfig } from './config.ts';
import type { WatchEvent } from './messages.ts';
import type { ZookeeperMonitor } from './monitor.ts';
import { ZkSession, type SessionState } from './session.ts';
import { nameOf, sequenceOf } from './znode-tree.ts';

/** One wish for a lock: an ephemeral sequential node in the lock's queue. */
export interface Contender extends HeldLock {
  readonly path: string;
  readonly session: number;
  readonly then: (lock: Contender | null) => void;
  phase: 'waiting' | 'holding' | 'over';
}

const PAUSE_US = 20_000;

/**
 * The lock recipe: (1) create an ephemeral sequential node; (2) list the children; (3) lowest: held; (4) else watch the
 * one right before one's own, and when it is gone, or an event comes, go back to (2). Release deletes the own node and
 * does not rest until it is gone. Each rule is a method.
 */
export class LockRecipe implements LockService<Contender> {
  readonly session: ZkSession;
  protected readonly env: NodeEnv;
  protected readonly config: ZookeeperConfig;
  protected readonly monitor: ZookeeperMonitor | null;
  readonly #contenders = new Set<Contender>();
  #wishes = 0;

  constructor(
    env: NodeEnv,
    config: ZookeeperConfig,
    servers: readonly NodeId[],
    monitor: ZookeeperMonitor | null,
  ) {
    this.env = env;
    this.config = config;
    this.monitor = monitor;
    this.session = new ZkSession(
      env,
      servers.slice(0, -1),
      config.sessionTimeoutUs,
      monitor,
      {
        stateChanged: (state) => {
          this.#stateChanged(state);
        },
      },
      () => this.restoresWatches(),
    );
  }

  acquire(key: string, then: (lock: Contender | null) => void): void {
    this.env.spawn(this.#enqueue(key, then, this.env.monotonicUs() + this.config.acquireTimeoutUs));
  }

  isHeld(lock: Contender): boolean {
    return lock.phase === 'holding';
  }

  release(lock: Contender, then: () => void): void {
    this.endBelief(lock);
    this.env.spawn(this.#leave(lock, then));
  }

  onEvent(from: NodeId, event: WatchEvent): void {
    this.session.onEvent(from, event);
  }

  // --- the rules ---

  /** The queue's order: the sequence number, never the name, which begins with a random part. */
  protected isBefore(a: string, b: string): boolean {
    return sequenceOf(a) < sequenceOf(b);
  }

  /** Whose end to wait for, given the queue in order and one's own place in it. */
  protected predecessor(queue: readonly string[], place: number): string {
    return queue[place - 1]!;
  }

  /** The predecessor went between the list and the watch: nobody will tell of it. */
  protected looksAgainWhenGone(): boolean {
    return true;
  }

  /** An event says that something changed, not that the lock is held. */
  protected onPredecessorEvent(contender: Contender): void {
    this.env.spawn(this.check(contender));
  }

  /** The answer to a create was lost: look for the random part of the name before creating another node. */
  protected looksForOwnNode(): boolean {
    return true;
  }

  /** A delete whose answer was lost is sent again. */
  protected retriesDelete(): boolean {
    return true;
  }

  protected restoresWatches(): boolean {
    return true;
  }

  /** Whether this change of the connection ends what the holder may believe. */
  protected endsBelief(state: SessionState): boolean {
    return (
      state === 'expired' || (state === 'disconnected' && this.config.onSuspended === 'assume-lost')
    );
  }

  protected tokenOf(_path: string, czxid: number): number {
    return czxid;
  }

  // --- the steps ---

  *#enqueue(key: string, then: (lock: Contender | null) => void, deadlineUs: number): Task {
    this.#wishes += 1;
    const guid = `${this.env.name}-${this.env.incarnation}-${this.#wishes}`;
    const prefix = `${lockPath(key)}/${this.#random()}-${guid}-lock-`;
    while (this.env.monotonicUs() < deadlineUs) {
      const session = this.session.id;
      if (session === 0) {
        yield* this.env.sleep(PAUSE_US);
        continue;
      }
      const result = yield* this.session.write({
        op: 'create',
        session,
        path: prefix,
        ephemeral: true,
        sequential: true,
        data: null,
      });
      if (result.status === 'ok' && result.stat !== null) {
        yield* this.#wait(
          key,
          result.value as string,
          session,
          result.stat.czxid,
          then,
          deadlineUs,
        );
        return;
      }
      if (result.status === 'ConnectionLoss' && this.looksForOwnNode()) {
        const own = yield* this.#findOwn(key, nameOf(prefix), session);
        if (own !== null) {
          yield* this.#wait(key, own.path, session, own.czxid, then, deadlineUs);
          return;
        }
      }
      yield* this.env.sleep(PAUSE_US);
    }
    then(null);
  }

  /** The node with this random name, if it was made after all; null when not, or when the session is over anyway. */
  *#findOwn(
    key: string,
    prefix: string,
    session: number,
  ): Task<{ path: string; czxid: number } | null> {
    while (this.session.id === session) {
      // What this server has applied may be older than the lost create.
      const synced = yield* this.session.write({ op: 'sync', session });
      if (synced.status === 'ConnectionLoss') continue;
      const list = yield* this.session.read('GetChildren', lockPath(key), null);
      if (list.status === 'ConnectionLoss') continue;
      if (list.status !== 'ok') return null;
      const own = (list.value as readonly string[]).find((name) => name.startsWith(prefix));
      if (own === undefined) return null;
      const path = `${lockPath(key)}/${own}`;
      const found = yield* this.session.read('GetData', path, null);
      if (found.status === 'ok') return { path, czxid: found.stat!.czxid };
    }
    return null;
  }

  *#wait(
    key: string,
    path: string,
    session: number,
    czxid: number,
    then: (lock: Contender | null) => void,
    deadlineUs: number,
  ): Task {
    const token = this.config.fence === 'none' ? null : this.tokenOf(path, czxid);
    const contender: Contender = { key, grant: path, token, path, session, then, phase: 'waiting' };
    this.#contenders.add(contender);
    yield* this.check(contender);
    yield* this.env.sleep(Math.max(0, deadlineUs - this.env.monotonicUs()));
    if (contender.phase !== 'waiting') return;
    contender.phase = 'over';
    yield* this.#leave(contender, () => undefined);
    then(null);
  }

  /** Steps 2 to 4, until the lock is held or an event is waited for. */
  protected *check(contender: Contender): Task {
    const parent = lockPath(contender.key);
    const recheck = (): void => {
      if (contender.phase === 'waiting') this.onPredecessorEvent(contender);
    };
    while (contender.phase === 'waiting') {
      if (this.session.id !== contender.session) {
        this.#giveUp(contender);
        return;
      }
      const all = this.config.watch === 'all';
      const list = yield* this.session.read('GetChildren', parent, all ? recheck : null);
      if (list.status === 'ConnectionLoss') continue;
      const queue = [...((list as { value: unknown }).value as readonly string[])].sort((a, b) =>
        this.isBefore(a, b) ? -1 : 1,
      );
      const place = queue.indexOf(nameOf(contender.path));
      if (place < 0) {
        this.#giveUp(contender);
        return;
      }
      if (place === 0) {
        this.granted(contender);
        return;
      }
      if (all) return;
      const path = `${parent}/${this.predecessor(queue, place)}`;
      const found = yield* this.session.read('GetData', path, recheck);
      if (found.status === 'ok') return;
      if (found.status === 'NoNode' && !this.looksAgainWhenGone()) return;
    }
  }

  protected granted(contender: Contender): void {
    if (contender.phase !== 'waiting') return;
    contender.phase = 'holding';
    const { key, path, token } = contender;
    this.monitor?.granted({ id: path, key, client: this.env.id, token });
    this.env.mark('acquired', { key, token });
    contender.then(contender);
  }

  protected endBelief(contender: Contender): void {
    if (contender.phase === 'holding') this.monitor?.beliefEnded(contender.path);
    contender.phase = 'over';
  }

  /** The node is gone with its session: this wish is over; its owner may wish again. */
  #giveUp(contender: Contender): void {
    if (contender.phase !== 'waiting') return;
    contender.phase = 'over';
    this.#contenders.delete(contender);
    contender.then(null);
  }

  *#leave(contender: Contender, then: () => void): Task {
    this.#contenders.delete(contender);
    while (this.session.id === contender.session) {
      const result = yield* this.session.write({
        op: 'delete',
        session: contender.session,
        path: contender.path,
        version: -1,
      });
      if (result.status !== 'ConnectionLoss' || !this.retriesDelete()) break;
    }
    then();
  }

  #stateChanged(state: SessionState): void {
    for (const contender of [...this.#contenders]) {
      if (contender.phase === 'holding' && this.endsBelief(state)) {
        this.env.mark('lost', { key: contender.key });
        this.endBelief(contender);
      }
      if (contender.phase === 'waiting' && state === 'expired') this.#giveUp(contender);
    }
  }

  #random(): string {
    return this.env.random('guid').below(0x1_0000_0000).toString(16).padStart(8, '0');
  }
}

export function lockPath(key: string): string {
  return `/lock/${key}`;
}
