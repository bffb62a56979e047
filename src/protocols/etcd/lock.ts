import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { HeldLock, LockService } from '../locks/index.ts';
import type { EtcdConfig } from './config.ts';
import { leaseCount, type LeaseCount } from './lease-count.ts';
import type { EtcdMonitor } from './monitor.ts';
import { Requests, RETRY_US } from './requests.ts';
import type { Change, Compare, KeyValue } from './store.ts';

export interface EtcdLock extends HeldLock {
  /** The contender's key in the store. */
  readonly path: string;
  readonly lease: number;
  /** Of the contender's key: one of the same name put later has another. */
  readonly ownRevision: number;
  phase: 'waiting' | 'holding' | 'over';
}

/** A watch is asked for again after so long without news: its server may have gone. */
const WATCH_US = 1_000_000;

/**
 * etcd's lock (clientv3/concurrency, Session and Mutex): a lease kept alive, a key `prefix/lease` put if absent, the
 * queue ordered by create revision; wait until the one right before is deleted, then look whether one's own key still
 * exists (etcd-io/etcd#11456). Each rule is a method.
 */
export class LeaseLock implements LockService<EtcdLock> {
  protected readonly env: NodeEnv;
  protected readonly config: EtcdConfig;
  readonly #requests: Requests;
  readonly #leaseCount: LeaseCount;
  readonly #monitor: EtcdMonitor | null;
  readonly #locks = new Set<EtcdLock>();
  /** 0: none. */
  #lease = 0;
  /** By this client's clock, it counts on the lease until then. */
  #leaseUntilUs = 0;

  constructor(
    env: NodeEnv,
    config: EtcdConfig,
    servers: readonly NodeId[],
    monitor: EtcdMonitor | null,
  ) {
    this.env = env;
    this.config = config;
    this.#requests = new Requests(env, servers.slice(0, -1), config.requestTimeoutUs);
    this.#leaseCount = leaseCount(config.leaseCounted, config.ttlUs);
    this.#monitor = monitor;
  }

  start(): void {
    this.env.spawn(this.#session());
  }

  acquire(key: string, then: (lock: EtcdLock | null) => void): void {
    this.env.spawn(this.#acquire(key, then));
  }

  isHeld(lock: EtcdLock): boolean {
    return lock.phase === 'holding';
  }

  release(lock: EtcdLock, then: () => void): void {
    this.#endBelief(lock);
    this.env.spawn(this.#delete(lock, then));
  }

  // --- the rules ---

  /** Where the contenders for `key` stand; the slash keeps `lock/x` apart from `lock/xy`. */
  protected prefix(key: string): string {
    return `lock/${key}/`;
  }

  /** The one right before one's own, by create revision. */
  protected predecessor(queue: readonly KeyValue[], ownRevision: number): KeyValue | null {
    return queue.findLast(({ createRevision }) => createRevision < ownRevision) ?? null;
  }

  /** Before the lock is taken: the lease may have ended meanwhile, and the key with it (etcd-io/etcd#11456). */
  protected isStillOurs(lock: EtcdLock, queue: readonly KeyValue[]): boolean {
    return (
      lock.phase === 'waiting' &&
      this.#lease === lock.lease &&
      this.env.monotonicUs() < this.#leaseUntilUs &&
      queue.some((one) => one.key === lock.path && one.lapsed !== true)
    );
  }

  /** A watch that brings no news says nothing about the lock. */
  protected passesWithoutNews(): boolean {
    return false;
  }

  /**
   * A release that was sent twice may arrive late, when the same session holds the lock again under the same name: only the
   * key of this lock is deleted. (clientv3's Unlock deletes without looking.)
   */
  protected deleteWhen({ path, ownRevision }: EtcdLock): readonly Compare[] {
    return [{ key: path, createRevision: ownRevision }];
  }

  /** A release is sent until it is answered. */
  protected retriesRelease(): boolean {
    return true;
  }

  // --- the session ---

  *#session(): Task {
    for (;;) {
      const sentUs = this.env.monotonicUs();
      const granted = yield* this.#requests.propose({ op: 'grant', ttlUs: this.config.ttlUs });
      if (granted === null) continue;
      this.#lease = granted.lease;
      this.#counted(sentUs);
      this.env.mark('leased', { lease: this.#lease });
      yield* this.#keepAlive();
      this.#lease = 0;
      this.env.mark('leaseLost');
      for (const lock of this.#locks) this.#lose(lock);
    }
  }

  /** Until the lease is over, or must be by this client's own clock. */
  *#keepAlive(): Task {
    let pauseUs = Math.floor(this.config.ttlUs / 3);
    for (;;) {
      const leftUs = this.#leaseUntilUs - this.env.monotonicUs();
      if (leftUs <= 0) return;
      yield* this.env.sleep(Math.min(pauseUs, leftUs));
      const sentUs = this.env.monotonicUs();
      const patienceUs = Math.min(this.config.requestTimeoutUs, this.#leaseUntilUs - sentUs);
      if (patienceUs <= 0) return;
      // No pause hidden in the question: after it the lease may be over.
      const reply = yield* this.#requests.ask(
        { type: 'KeepAlive', lease: this.#lease },
        patienceUs,
      );
      if (reply?.status === 'LeaseNotFound') return;
      const renewed = reply?.status === 'ok';
      if (renewed) this.#counted(sentUs);
      pauseUs = renewed ? Math.floor(this.config.ttlUs / 3) : RETRY_US;
    }
  }

  /** The lease was granted or renewed just now, by what was asked at `sentUs`. */
  #counted(sentUs: number): void {
    this.#leaseUntilUs = this.#leaseCount.untilUs(sentUs, this.env.monotonicUs());
  }

  #lose(lock: EtcdLock): void {
    if (lock.phase === 'holding') this.env.mark('lost', { key: lock.key });
    this.#endBelief(lock);
  }

  // --- the lock ---

  *#acquire(key: string, then: (lock: EtcdLock | null) => void): Task {
    const deadlineUs = this.env.monotonicUs() + this.config.acquireTimeoutUs;
    // Asked for at least once, however short the time: `then` is never called before this returns.
    do {
      const lease = this.#lease;
      if (lease === 0) {
        yield* this.env.sleep(RETRY_US);
        continue;
      }
      const prefix = this.prefix(key);
      const path = `${prefix}${lease.toString(16)}`;
      const outcome = yield* this.#requests.propose({
        op: 'txn',
        compare: [{ key: path, createRevision: 0 }],
        success: [
          { op: 'put', key: path, value: '', lease },
          { op: 'range', prefix },
        ],
        failure: [{ op: 'range', prefix }],
      });
      const queue = outcome?.results.at(-1) ?? [];
      const own = queue.find((one) => one.key === path && one.lapsed !== true);
      // The lease is over; or, after an answer that was lost, nobody knows: ask again.
      if (outcome === null || outcome.status !== 'ok' || own === undefined) {
        yield* this.env.sleep(RETRY_US);
        continue;
      }
      const token = this.config.fence === 'none' ? null : own.createRevision;
      const grant = `${path}@${own.createRevision}`;
      const ownRevision = own.createRevision;
      const lock: EtcdLock = { key, grant, token, path, lease, ownRevision, phase: 'waiting' };
      this.#locks.add(lock);
      if (yield* this.#wait(lock, own.createRevision, queue, deadlineUs)) {
        this.#granted(lock);
        then(lock);
      } else {
        lock.phase = 'over';
        yield* this.#delete(lock, () => undefined);
        then(null);
      }
      return;
    } while (this.env.monotonicUs() < deadlineUs);
    then(null);
  }

  /** True when nobody is before us any more and our own key is still there. */
  *#wait(
    lock: EtcdLock,
    ownRevision: number,
    first: readonly KeyValue[],
    deadlineUs: number,
  ): Task<boolean> {
    let queue = first;
    for (;;) {
      const before = this.predecessor(queue, ownRevision);
      if (before === null) break;
      if (this.env.monotonicUs() >= deadlineUs) return false;
      const news = yield* this.#requests.call({ type: 'WatchDelete', key: before.key }, WATCH_US);
      if (news?.status !== 'ok' && this.passesWithoutNews()) return true;
      const next = yield* this.#requests.propose(read(this.prefix(lock.key)));
      if (next !== null) queue = next.results[0]!;
    }
    return this.isStillOurs(lock, queue);
  }

  #granted(lock: EtcdLock): void {
    lock.phase = 'holding';
    const { key, grant, token, path } = lock;
    this.#monitor?.granted({ id: grant, key, client: this.env.id, token }, path);
    this.env.mark('acquired', { key, token });
  }

  #endBelief(lock: EtcdLock): void {
    if (lock.phase === 'holding') this.#monitor?.judge.beliefEnded(lock.grant);
    lock.phase = 'over';
  }

  *#delete(lock: EtcdLock, then: () => void): Task {
    this.#locks.delete(lock);
    const change: Change = {
      op: 'txn',
      compare: this.deleteWhen(lock),
      success: [{ op: 'delete', key: lock.path }],
      failure: [],
    };
    // The key goes with its lease: when that is over, there is nothing to delete.
    while (this.#lease === lock.lease) {
      const done = yield* this.#requests.propose(change);
      if (done !== null || !this.retriesRelease()) break;
    }
    then();
  }
}

function read(prefix: string): Change {
  return { op: 'txn', compare: [], success: [{ op: 'range', prefix }], failure: [] };
}
