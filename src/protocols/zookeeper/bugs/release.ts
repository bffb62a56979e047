import type { Task } from '../../../sim/engine/env.ts';
import { LockRecipe } from '../lock-recipe.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { ZookeeperClasses } from '../classes.ts';

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
export const releaseBugs: readonly PlantedBug<ZookeeperClasses>[] = [
  bug(
    'create-reply-lost',
    'creates another node when the answer to the first create was lost',
    'ZK-B09; samuel/go-zookeeper#229',
    ['no-orphan', 'liveness', 'watch-chain'],
    'connection loss',
    'medium',
    { recipe: CreateReplyLost },
  ),
  bug(
    'interrupted-after-create',
    'a contender that gives up while its node is being made leaves the node',
    'ZK-B10; apache/curator#583 (CURATOR-62)',
    ['no-orphan', 'liveness'],
    'a caller that gives up',
    'medium',
    { recipe: InterruptedAfterCreate },
    // Where an answer takes longer than that nobody ever has the lock.
    { config: { acquireTimeout: '10ms' }, breaks: ['liveness', 'no-lost-wakeup'] },
  ),
  bug(
    'timed-out-waiter-stays',
    'a contender that has waited for too long leaves its node in the queue',
    'ZK-B33; apache/curator deletes it',
    ['no-orphan', 'liveness'],
    'contention',
    'easy',
    { recipe: TimedOutWaiterStays },
    { config: { acquireTimeout: '40ms' }, breaks: ['liveness', 'no-lost-wakeup'] },
  ),
  bug(
    'release-swallowed',
    'a delete whose answer was lost is not sent again',
    'ZK-B20; apache/curator#1006, #1193; python-zk/kazoo#760',
    ['no-orphan', 'liveness'],
    'connection loss',
    'medium',
    { recipe: ReleaseSwallowed },
  ),
  bug(
    'deletes-by-path',
    'deletes its path in whatever session it has by then, although others may have made it anew',
    'ZK-B25; derived',
    ['owner-only-release'],
    ['names without a random part', 'the folder made anew', 'a lost session'],
    'medium',
    { recipe: DeletesByPath },
    // Without a random part a lost answer leaves a node, and a name made anew is taken for the old one.
    {
      config: { guid: false, cleanParent: true },
      byScript: true,
      breaks: ['no-orphan', 'no-lost-update', 'read-write-exclusion', 'linearizable', 'liveness'],
    },
  ),
];
