import type { Task } from '../../../sim/engine/env.ts';
import { LockRecipe } from '../lock-recipe.ts';
import { lockPath, kindOf } from '../queue-rules.ts';
import type { Contender } from '../recipe.ts';
import { Semaphore } from '../semaphore.ts';
import type { PlantedBug } from './planted.ts';

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
export const sharedBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'reader-waits-for-later-writers',
      mutation: 'a reader waits for writers behind it too, which wait for the reader',
      source: 'ZK-B26; python-zk/kazoo#649',
      caughtBy: ['watch-chain', 'no-lost-wakeup', 'liveness'],
      needs: ['a reader between two writers'],
      rarity: 'medium',
      setup: { config: SHARED },
    },
    parts: { recipe: ReaderWaitsForLaterWriters },
  },
  {
    definition: {
      id: 'reader-upgrades',
      mutation: 'asks for the lock to write while it holds it to read, and waits for itself',
      source: 'ZK-B27; apache/curator, InterProcessReadWriteLock',
      caughtBy: ['liveness', 'no-lost-wakeup', 'as-told'],
      needs: [],
      rarity: 'easy',
      setup: { config: SHARED },
    },
    parts: { recipe: ReaderUpgrades },
  },
  {
    definition: {
      id: 'reader-waits-for-reader',
      mutation: 'a reader waits for whoever is before it, readers too',
      source: 'ZK-B28; ZooKeeper recipes, Shared Locks',
      caughtBy: ['watch-chain', 'no-lost-wakeup'],
      needs: ['two readers'],
      rarity: 'easy',
      setup: { config: SHARED },
    },
    parts: { recipe: ReaderWaitsForReader },
  },
  {
    definition: {
      id: 'downgrade-by-release',
      mutation:
        'a writer that wants to go on reading lets go first, and then asks for the lock to read',
      source: 'apache/curator, InterProcessReadWriteLock, lock downgrading',
      caughtBy: ['downgrade-keeps-the-write'],
      needs: ['a writer behind a writer'],
      rarity: 'easy',
      setup: { config: DOWNGRADE },
    },
    parts: { recipe: DowngradeByRelease },
  },
  {
    definition: {
      id: 'downgrade-at-the-end',
      mutation: 'a writer that goes on as a reader stands behind the writers that have come since',
      source: 'CURATOR-621; apache/curator#445',
      caughtBy: ['read-write-exclusion', 'mutual-exclusion-grant', 'downgrade-keeps-the-write'],
      needs: ['a writer behind a writer'],
      rarity: 'easy',
      setup: { config: DOWNGRADE },
    },
    parts: { recipe: DowngradeAtTheEnd },
  },
  {
    definition: {
      id: 'count-then-create',
      mutation: 'counts the leases, and then makes one of its own',
      source: 'ZK-B29; check-then-act',
      caughtBy: ['no-more-than-permits'],
      needs: ['contention'],
      rarity: 'easy',
      setup: { config: SEMAPHORE, breaks: UNFENCED },
    },
    parts: { semaphore: CountThenCreate },
  },
  {
    definition: {
      id: 'mutex-left',
      mutation: 'a semaphore that gets no permit in time keeps the lock around the count',
      source: 'ZK-B30; python-zk/kazoo#429, #732',
      caughtBy: ['liveness', 'no-orphan'],
      needs: ['a caller that gives up'],
      rarity: 'medium',
      setup: {
        config: { ...SEMAPHORE, acquireTimeout: '60ms' },
        breaks: [...UNFENCED, 'liveness', 'no-lost-wakeup'],
      },
    },
    parts: { semaphore: MutexLeft },
  },
];
