import type { Task } from '../../sim/engine/env.ts';
import type { LockRecipe } from './lock-recipe.ts';
import { nameOf } from './paths.ts';
import { lockPath } from './queue-rules.ts';
import { PAUSE_US, Recipe } from './recipe.ts';
import type { Contender, RecipeParts, Wish } from './recipe.ts';

/**
 * Permits for `permits` holders at once, as Curator's InterProcessSemaphoreV2: under a lock, make a node among the
 * leases and wait until there are no more of them than permits. Only the one under the lock waits for leases to go.
 */
export class Semaphore extends Recipe {
  protected readonly mutex: LockRecipe;

  constructor(parts: RecipeParts, mutex: LockRecipe) {
    super(parts);
    this.mutex = mutex;
  }

  acquire(key: string, then: (lock: Contender | null) => void): void {
    this.retry(this.newWish(`${lockPath(key)}/leases`, 'leas', { key, shared: true, then }));
  }

  // --- the rules ---

  /** The lock around the count is given back whatever became of the lease. */
  protected releasesMutex(lease: Contender | null): boolean {
    return lease === null || lease.phase !== 'waiting';
  }

  // --- the steps ---

  protected override retry(wish: Wish): void {
    this.mutex.acquire(`${wish.key}/locks`, (lock) => {
      if (lock === null) {
        wish.then(null);
        return;
      }
      const then = (lease: Contender | null): void => {
        if (this.releasesMutex(lease)) this.mutex.release(lock, () => undefined);
        wish.then(lease);
      };
      const again = (): void => {
        this.mutex.release(lock, () => undefined);
        this.monitor?.queues.unwished(this.env.id, wish.prefix);
        this.retry(wish);
      };
      this.env.spawn(this.#lease({ ...wish, then }, lock.session, again));
    });
  }

  /** `again`: the session of the lock around the count is over, and so is that lock. */
  *#lease(wish: Wish, session: number, again: () => void): Task {
    while (!this.isLate(wish)) {
      if (this.session.id !== session) {
        again();
        return;
      }
      const node = yield* this.createNode(wish);
      if (node === null) {
        yield* this.env.sleep(PAUSE_US);
        continue;
      }
      const lease = this.contend(wish, node);
      yield* this.check(lease);
      yield* this.env.sleep(Math.max(0, wish.deadlineUs - this.env.monotonicUs()));
      if (lease.phase !== 'waiting') return;
      lease.phase = 'over';
      yield* this.leave(lease, () => undefined);
      break;
    }
    this.drop(wish);
  }

  /** Lists the leases until there are few enough, or a change of the list is waited for. */
  protected *check(lease: Contender): Task {
    const folder = `${lockPath(lease.key)}/leases`;
    while (lease.phase === 'waiting') {
      if (lease.session !== this.session.id) {
        this.giveUp(lease);
        return;
      }
      const list = yield* this.session.read('GetChildren', folder, () => {
        if (lease.phase === 'waiting') this.env.spawn(this.check(lease));
      });
      if (list.status === 'ConnectionLoss') continue;
      const leases = (list.value as readonly string[] | null) ?? [];
      if (!leases.includes(nameOf(lease.path))) this.giveUp(lease);
      else if (leases.length <= this.config.permits) this.granted(lease);
      return;
    }
  }
}
