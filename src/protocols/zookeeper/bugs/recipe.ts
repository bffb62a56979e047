import { LockRecipe, type Contender } from '../lock-recipe.ts';
import type { PlantedBug } from './planted.ts';

class WatchTheLowest extends LockRecipe {
  protected override predecessor(queue: readonly string[]): string {
    return queue[0]!;
  }
}

class NoLookWhenGone extends LockRecipe {
  protected override looksAgainWhenGone(): boolean {
    return false;
  }
}

class EventMeansAcquired extends LockRecipe {
  protected override onPredecessorEvent(contender: Contender): void {
    this.granted(contender);
  }
}

class SortByFullName extends LockRecipe {
  protected override isBefore(a: string, b: string): boolean {
    return a < b;
  }
}

class WrongPredecessor extends LockRecipe {
  protected override predecessor(queue: readonly string[], place: number): string {
    return queue[Math.max(0, place - 2)]!;
  }
}

class CreateReplyLost extends LockRecipe {
  protected override looksForOwnNode(): boolean {
    return false;
  }
}

class ExpiredHolderGoesOn extends LockRecipe {
  protected override endsBelief(): boolean {
    return false;
  }
}

class WatchesNotRestored extends LockRecipe {
  protected override restoresWatches(): boolean {
    return false;
  }
}

class ReleaseSwallowed extends LockRecipe {
  protected override retriesDelete(): boolean {
    return false;
  }
}

const recipes = 'ZooKeeper recipes, Locks';

export const recipeBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'watch-the-lowest',
      mutation: 'every contender watches the holder',
      source: `ZK-B02; ${recipes}`,
      caughtBy: ['no-herd'],
      needs: ['three contenders'],
      rarity: 'easy',
    },
    recipe: WatchTheLowest,
  },
  {
    definition: {
      id: 'no-look-when-gone',
      mutation: 'waits for an event although the predecessor is already gone',
      source: 'ZK-B03; apache/helix#44',
      caughtBy: ['liveness', 'coverage'],
      needs: ['a release between the list and the watch'],
      rarity: 'medium',
    },
    recipe: NoLookWhenGone,
  },
  {
    definition: {
      id: 'event-means-acquired',
      mutation: 'takes the event for the lock',
      source: `ZK-B05; ${recipes}`,
      caughtBy: ['mutual-exclusion-grant', 'mutual-exclusion-belief'],
      needs: ['a contender in the middle of the queue dies'],
      rarity: 'easy',
    },
    recipe: EventMeansAcquired,
  },
  {
    definition: {
      id: 'sort-by-full-name',
      mutation: 'sorts the queue by name, which begins with a random part',
      source: 'ZK-B06; apache/curator, fixForSorting',
      caughtBy: ['mutual-exclusion-grant', 'mutual-exclusion-belief'],
      needs: ['contention'],
      rarity: 'easy',
    },
    recipe: SortByFullName,
  },
  {
    definition: {
      id: 'wrong-predecessor',
      mutation: 'watches the one before the predecessor',
      source: 'ZK-B07; ZOOKEEPER-3162, apache/zookeeper#662',
      caughtBy: ['liveness', 'no-herd'],
      needs: ['three contenders'],
      rarity: 'medium',
    },
    recipe: WrongPredecessor,
  },
  {
    definition: {
      id: 'create-reply-lost',
      mutation: 'creates another node when the answer to the first create was lost',
      source: 'ZK-B09; samuel/go-zookeeper#229',
      caughtBy: ['liveness', 'coverage', 'no-herd'],
      needs: ['connection loss'],
      rarity: 'medium',
    },
    recipe: CreateReplyLost,
  },
  {
    definition: {
      id: 'expired-holder-goes-on',
      mutation: 'a holder does not listen to the state of its connection',
      source: 'ZK-B11; seed document, ZooKeeper lock, defect 3; apache/curator#727',
      caughtBy: ['belief-within-grant', 'mutual-exclusion-belief'],
      needs: ['partition longer than the session timeout'],
      rarity: 'easy',
    },
    recipe: ExpiredHolderGoesOn,
  },
  {
    definition: {
      id: 'watches-not-restored',
      mutation: 'does not register its watches again on another server',
      source: "ZK-B16; ZooKeeper programmer's guide, watches",
      caughtBy: ['liveness', 'coverage'],
      needs: ['server crash'],
      rarity: 'medium',
    },
    recipe: WatchesNotRestored,
  },
  {
    definition: {
      id: 'release-swallowed',
      mutation: 'a delete whose answer was lost is not sent again',
      source: 'ZK-B20; apache/curator#1006, #1193; python-zk/kazoo#760',
      caughtBy: ['liveness', 'coverage'],
      needs: ['connection loss'],
      rarity: 'medium',
    },
    recipe: ReleaseSwallowed,
  },
];
