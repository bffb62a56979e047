import type { Task } from '../../../sim/engine/env.ts';
import { LockRecipe } from '../lock-recipe.ts';
import type { PlantedBug } from './planted.ts';

class CreateReplyLost extends LockRecipe {
  protected override looksForOwnNode(): boolean {
    return false;
  }
}

class InterruptedAfterCreate extends LockRecipe {
  protected override leavesWhenInterrupted(): boolean {
    return false;
  }
}

class TimedOutWaiterStays extends LockRecipe {
  protected override leavesWhenLate(): boolean {
    return false;
  }
}

class ReleaseSwallowed extends LockRecipe {
  protected override retriesDelete(): boolean {
    return false;
  }
}

class DeletesByPath extends LockRecipe {
  /** Whatever session this client has by now. */
  protected override mayDelete(): boolean {
    return this.session.id !== 0;
  }

  protected override *leave(...args: Parameters<LockRecipe['leave']>): Task {
    while (this.session.id === 0) yield* this.env.sleep(20_000);
    yield* super.leave(...args);
  }
}

/** What is left behind: nodes that nobody knows of any more, or that are another's. */
export const releaseBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'create-reply-lost',
      mutation: 'creates another node when the answer to the first create was lost',
      source: 'ZK-B09; samuel/go-zookeeper#229',
      caughtBy: ['no-orphan', 'liveness', 'watch-chain'],
      needs: ['connection loss'],
      rarity: 'medium',
    },
    parts: { recipe: CreateReplyLost },
  },
  {
    definition: {
      id: 'interrupted-after-create',
      mutation: 'a contender that gives up while its node is being made leaves the node',
      source: 'ZK-B10; apache/curator#583 (CURATOR-62)',
      caughtBy: ['no-orphan', 'liveness'],
      needs: ['a caller that gives up'],
      rarity: 'medium',
      // Where an answer takes longer than that nobody ever has the lock.
      setup: { config: { acquireTimeout: '10ms' }, breaks: ['liveness', 'no-lost-wakeup'] },
    },
    parts: { recipe: InterruptedAfterCreate },
  },
  {
    definition: {
      id: 'timed-out-waiter-stays',
      mutation: 'a contender that has waited for too long leaves its node in the queue',
      source: 'ZK-B33; apache/curator deletes it',
      caughtBy: ['no-orphan', 'liveness'],
      needs: ['contention'],
      rarity: 'easy',
      setup: { config: { acquireTimeout: '40ms' }, breaks: ['liveness', 'no-lost-wakeup'] },
    },
    parts: { recipe: TimedOutWaiterStays },
  },
  {
    definition: {
      id: 'release-swallowed',
      mutation: 'a delete whose answer was lost is not sent again',
      source: 'ZK-B20; apache/curator#1006, #1193; python-zk/kazoo#760',
      caughtBy: ['no-orphan', 'liveness'],
      needs: ['connection loss'],
      rarity: 'medium',
    },
    parts: { recipe: ReleaseSwallowed },
  },
  {
    definition: {
      id: 'deletes-by-path',
      mutation:
        'deletes its path in whatever session it has by then, although others may have made it anew',
      source: 'ZK-B25; derived',
      caughtBy: ['owner-only-release'],
      needs: ['names without a random part', 'the folder made anew', 'a lost session'],
      rarity: 'medium',
      // Without a random part a lost answer leaves a node, and a name made anew is taken for the old one.
      setup: {
        config: { guid: false, cleanParent: true },
        byScript: true,
        breaks: ['no-orphan', 'no-lost-update', 'read-write-exclusion', 'linearizable', 'liveness'],
      },
    },
    parts: { recipe: DeletesByPath },
  },
];
