import type { Task } from '../../../sim/engine/env.ts';
import { LockRecipe } from '../lock-recipe.ts';
import { lockPath, kindOf } from '../queue-rules.ts';
import type { Contender } from '../recipe.ts';
import { Semaphore } from '../semaphore.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { ZookeeperClasses } from '../classes.ts';

class ReaderWaitsForLaterWriters extends LockRecipe {
  protected override blocker(queue: readonly string[], place: number): string | null {
    const own = queue[place]!;
    if (kindOf(own) !== 'read') return super.blocker(queue, place);
    return queue.findLast((name) => kindOf(name) !== 'read') ?? null;
  }
}

class ReaderUpgrades extends LockRecipe {
  /** A writer reads first, and then asks for the lock to write while it still holds it to read. */
  override acquire(key: string, then: (lock: Contender | null) => void): void {
    if (this.config.lock !== 'read-write') {
      super.acquire(key, then);
      return;
    }
    this.acquireShared(key, (read) => {
      if (read === null) then(null);
      else
        super.acquire(key, (write) => {
          this.release(read, () => undefined);
          then(write);
        });
    });
  }
}

class ReaderWaitsForReader extends LockRecipe {
  protected override blocker(queue: readonly string[], place: number): string | null {
    return queue[place - 1] ?? null;
  }
}

class DowngradeByRelease extends LockRecipe {
  override downgrade(writer: Contender, then: (reader: Contender | null) => void): void {
    this.release(writer, () => {
      this.retry(this.readerFrom(writer, then));
    });
  }

  /** The writer is gone by then: the reader queues like any other. */
  protected override numberOf(): string | null {
    return null;
  }
}

class DowngradeAtTheEnd extends LockRecipe {
  /** The reader queues behind those who have come since, and holds because its client holds the lock to write. */
  protected override numberOf(): string | null {
    return null;
  }

  protected override *check(contender: Contender, again = false): Task {
    const { from } = contender.wish;
    if (from !== null && this.isHeld(from)) this.granted(contender);
    else yield* super.check(contender, again);
  }
}

class CountThenCreate extends Semaphore {
  /** Looks how many leases there are, and makes one when there is room, with no lock around. */
  override acquire(key: string, then: (lock: Contender | null) => void): void {
    const folder = `${lockPath(key)}/leases`;
    this.env.spawn(this.#race(this.newWish(folder, 'leas', { key, shared: true, then }), folder));
  }

  *#race(wish: Parameters<Semaphore['retry']>[0], folder: string): Task {
    while (!this.isLate(wish)) {
      const list = yield* this.session.read('GetChildren', folder);
      const leases = list.status === 'ok' ? (list.value as readonly string[]) : [];
      if (list.status !== 'ConnectionLoss' && leases.length < this.config.permits) {
        const node = yield* this.createNode(wish);
        if (node !== null) {
          this.granted(this.contend(wish, node));
          return;
        }
      }
      yield* this.env.sleep(20_000);
    }
    this.drop(wish);
  }
}

class MutexLeft extends Semaphore {
  protected override releasesMutex(lease: Contender | null): boolean {
    return lease !== null;
  }
}

const SHARED = { lock: 'read-write', fence: 'none', judgeBelief: false };
const DOWNGRADE = { ...SHARED, downgrade: true };
const SEMAPHORE = {
  lock: 'semaphore',
  fence: 'none',
  judgeBelief: false,
  downgrade: false,
  revokeAfter: 'never',
};
/** Who is paused or cut off while it writes writes after its session; nothing but a fence keeps that out. */
const UNFENCED = ['mutual-exclusion-effect', 'no-lost-update', 'linearizable'];

/** Locks with more than one holder: readers and writers, permits. */
export const sharedBugs: readonly PlantedBug<ZookeeperClasses>[] = [
  bug(
    'reader-waits-for-later-writers',
    'a reader waits for writers behind it too, which wait for the reader',
    'ZK-B26; python-zk/kazoo#649',
    ['watch-chain', 'no-lost-wakeup', 'liveness'],
    'a reader between two writers',
    'medium',
    { recipe: ReaderWaitsForLaterWriters },
    { config: SHARED },
  ),
  bug(
    'reader-upgrades',
    'asks for the lock to write while it holds it to read, and waits for itself',
    'ZK-B27; apache/curator, InterProcessReadWriteLock',
    ['liveness', 'no-lost-wakeup', 'as-told'],
    [],
    'easy',
    { recipe: ReaderUpgrades },
    { config: SHARED },
  ),
  bug(
    'reader-waits-for-reader',
    'a reader waits for whoever is before it, readers too',
    'ZK-B28; ZooKeeper recipes, Shared Locks',
    ['watch-chain', 'no-lost-wakeup'],
    'two readers',
    'easy',
    { recipe: ReaderWaitsForReader },
    { config: SHARED },
  ),
  bug(
    'downgrade-by-release',
    'a writer that wants to go on reading lets go first, and then asks for the lock to read',
    'apache/curator, InterProcessReadWriteLock, lock downgrading',
    ['downgrade-keeps-the-write'],
    'a writer behind a writer',
    'easy',
    { recipe: DowngradeByRelease },
    { config: DOWNGRADE },
  ),
  bug(
    'downgrade-at-the-end',
    'a writer that goes on as a reader stands behind the writers that have come since',
    'CURATOR-621; apache/curator#445',
    ['read-write-exclusion', 'mutual-exclusion-grant', 'downgrade-keeps-the-write'],
    'a writer behind a writer',
    'easy',
    { recipe: DowngradeAtTheEnd },
    { config: DOWNGRADE },
  ),
  bug(
    'count-then-create',
    'counts the leases, and then makes one of its own',
    'ZK-B29; check-then-act',
    ['no-more-than-permits'],
    'contention',
    'easy',
    { semaphore: CountThenCreate },
    { config: SEMAPHORE, breaks: UNFENCED },
  ),
  bug(
    'mutex-left',
    'a semaphore that gets no permit in time keeps the lock around the count',
    'ZK-B30; python-zk/kazoo#429, #732',
    ['liveness', 'no-orphan'],
    'a caller that gives up',
    'medium',
    { semaphore: MutexLeft },
    {
      config: { ...SEMAPHORE, acquireTimeout: '60ms' },
      breaks: [...UNFENCED, 'liveness', 'no-lost-wakeup'],
    },
  ),
];
