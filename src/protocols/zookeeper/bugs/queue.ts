import type { Task } from '../../../sim/engine/env.ts';
import { LockRecipe } from '../lock-recipe.ts';
import type { Numbered } from '../queue-rules.ts';
import type { Contender } from '../recipe.ts';
import type { PlantedBug } from './planted.ts';

class WatchEverybody extends LockRecipe {
  protected override watchesAll(): boolean {
    return true;
  }
}

class WatchTheLowest extends LockRecipe {
  protected override blocker(queue: readonly string[], place: number): string | null {
    return place === 0 ? null : queue[0]!;
  }
}

class NoLookWhenGone extends LockRecipe {
  protected override looksAgainWhenGone(): boolean {
    return false;
  }
}

class WatchAfterCheck extends LockRecipe {
  /** Looks whether the predecessor is there, and only then, without looking again, sets the watch. */
  protected override *watch(path: string, onEvent: () => void): Task<boolean> {
    const found = yield* this.session.read('Exists', path);
    if (found.status !== 'ok') return false;
    const set = yield* this.session.read('GetData', path, onEvent);
    return set.status !== 'ConnectionLoss';
  }
}

class EventMeansAcquired extends LockRecipe {
  protected override onPredecessorEvent(contender: Contender): void {
    this.granted(contender);
  }
}

class SortByFullName extends LockRecipe {
  protected override isBefore(a: Numbered, b: Numbered): boolean {
    return a.name < b.name;
  }
}

class WrongPredecessor extends LockRecipe {
  protected override blocker(queue: readonly string[], place: number): string | null {
    return place === 0 ? null : queue[Math.max(0, place - 2)]!;
  }
}

class SequenceOverflow extends LockRecipe {
  protected override isBefore(a: Numbered, b: Numbered): boolean {
    return a.sequence < b.sequence;
  }
}

class WatchOnce extends LockRecipe {
  protected override onPredecessorEvent(contender: Contender): void {
    this.env.spawn(this.check(contender, true));
  }

  protected override watchesAgain(): boolean {
    return false;
  }
}

class ResetOnEvent extends LockRecipe {
  protected override onPredecessorEvent(contender: Contender): void {
    this.env.spawn(this.#reset(contender));
  }

  *#reset(contender: Contender): Task {
    contender.phase = 'over';
    yield* this.leave(contender, () => undefined);
    this.retry(contender.wish);
  }
}

const RECIPES = 'ZooKeeper recipes, Locks';

/** Who is next, and who is told: the order of the queue and the watches. */
export const queueBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'watch-everybody',
      mutation: 'every contender watches the list',
      source: `ZK-B01; seed document, ZooKeeper lock, defect 1; ${RECIPES}`,
      caughtBy: ['watch-chain', 'no-herd'],
      needs: ['contention'],
      rarity: 'easy',
    },
    parts: { recipe: WatchEverybody },
  },
  {
    definition: {
      id: 'watch-the-lowest',
      mutation: 'every contender watches the holder',
      source: `ZK-B02; ${RECIPES}`,
      caughtBy: ['watch-chain', 'no-herd'],
      needs: ['three contenders'],
      rarity: 'easy',
    },
    parts: { recipe: WatchTheLowest },
  },
  {
    definition: {
      id: 'no-look-when-gone',
      mutation: 'waits for an event although the predecessor is already gone',
      source: 'ZK-B03; apache/helix#44',
      caughtBy: ['no-lost-wakeup', 'liveness'],
      needs: ['a release between the list and the watch'],
      rarity: 'medium',
    },
    parts: { recipe: NoLookWhenGone },
  },
  {
    definition: {
      id: 'watch-after-check',
      mutation: 'checks first, sets the watch afterwards, and does not look at what that found',
      source: 'ZK-B04; check-then-act',
      caughtBy: ['no-lost-wakeup', 'liveness'],
      needs: ['a release between the check and the watch'],
      rarity: 'medium',
    },
    parts: { recipe: WatchAfterCheck },
  },
  {
    definition: {
      id: 'event-means-acquired',
      mutation: 'takes the event for the lock',
      source: `ZK-B05; ${RECIPES}`,
      caughtBy: ['mutual-exclusion-grant', 'mutual-exclusion-belief', 'first-come-first-served'],
      needs: ['a contender in the middle of the queue dies'],
      rarity: 'medium',
    },
    parts: { recipe: EventMeansAcquired },
  },
  {
    definition: {
      id: 'sort-by-full-name',
      mutation: 'sorts the queue by name, which begins with a random part',
      source: 'ZK-B06; apache/curator, fixForSorting',
      caughtBy: ['mutual-exclusion-grant', 'watch-chain', 'mutual-exclusion-belief'],
      needs: ['contention'],
      rarity: 'easy',
    },
    parts: { recipe: SortByFullName },
  },
  {
    definition: {
      id: 'wrong-predecessor',
      mutation: 'watches the one before the predecessor',
      source: 'ZK-B07; ZOOKEEPER-3162, apache/zookeeper#662',
      caughtBy: ['watch-chain', 'no-lost-wakeup', 'no-herd', 'liveness'],
      needs: ['three contenders'],
      rarity: 'medium',
    },
    parts: { recipe: WrongPredecessor },
  },
  {
    definition: {
      id: 'sequence-overflow',
      mutation:
        'compares sequence numbers as plain numbers, and the counter has 32 bits with a sign',
      source: "ZK-B08; ZooKeeper programmer's guide, sequence nodes",
      caughtBy: ['mutual-exclusion-grant', 'watch-chain', 'mutual-exclusion-belief'],
      needs: ['2147483648 creates below one parent'],
      rarity: 'hard',
      setup: { config: { firstSequence: 2_147_483_640 }, byScript: true },
    },
    parts: { recipe: SequenceOverflow },
  },
  {
    definition: {
      id: 'watch-once',
      mutation: 'takes a one-shot watch for a permanent one',
      source: "ZK-B15; ZooKeeper programmer's guide, watches",
      caughtBy: ['no-lost-wakeup', 'liveness'],
      needs: ['two changes: a waiter before one gives up or dies'],
      rarity: 'medium',
    },
    parts: { recipe: WatchOnce },
  },
  {
    definition: {
      id: 'reset-on-event',
      mutation:
        'leaves the queue and joins it again at every event, which is an event for the next',
      source: 'ZK-B32; apache/curator#430',
      caughtBy: ['liveness', 'no-lost-wakeup'],
      needs: ['contention all the time'],
      rarity: 'hard',
      setup: { byScript: true },
    },
    parts: { recipe: ResetOnEvent },
  },
];
