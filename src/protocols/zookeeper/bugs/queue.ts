import type { Task } from '../../../sim/engine/env.ts';
import { LockRecipe } from '../lock-recipe.ts';
import type { Numbered } from '../queue-rules.ts';
import type { Contender } from '../recipe.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { ZookeeperClasses } from '../classes.ts';

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
export const queueBugs: readonly PlantedBug<ZookeeperClasses>[] = [
  bug(
    'watch-everybody',
    'every contender watches the list',
    `ZK-B01; seed document, ZooKeeper lock, defect 1; ${RECIPES}`,
    ['watch-chain', 'no-herd'],
    'contention',
    'easy',
    { recipe: WatchEverybody },
  ),
  bug(
    'watch-the-lowest',
    'every contender watches the holder',
    `ZK-B02; ${RECIPES}`,
    ['watch-chain', 'no-herd'],
    'three contenders',
    'easy',
    { recipe: WatchTheLowest },
  ),
  bug(
    'no-look-when-gone',
    'waits for an event although the predecessor is already gone',
    'ZK-B03; apache/helix#44',
    ['no-lost-wakeup', 'liveness'],
    'a release between the list and the watch',
    'medium',
    { recipe: NoLookWhenGone },
  ),
  bug(
    'watch-after-check',
    'checks first, sets the watch afterwards, and does not look at what that found',
    'ZK-B04; check-then-act',
    ['no-lost-wakeup', 'liveness'],
    'a release between the check and the watch',
    'medium',
    { recipe: WatchAfterCheck },
  ),
  bug(
    'event-means-acquired',
    'takes the event for the lock',
    `ZK-B05; ${RECIPES}`,
    ['mutual-exclusion-grant', 'mutual-exclusion-belief', 'first-come-first-served'],
    'a contender in the middle of the queue dies',
    'medium',
    { recipe: EventMeansAcquired },
  ),
  bug(
    'sort-by-full-name',
    'sorts the queue by name, which begins with a random part',
    'ZK-B06; apache/curator, fixForSorting',
    ['mutual-exclusion-grant', 'watch-chain', 'mutual-exclusion-belief'],
    'contention',
    'easy',
    { recipe: SortByFullName },
  ),
  bug(
    'wrong-predecessor',
    'watches the one before the predecessor',
    'ZK-B07; ZOOKEEPER-3162, apache/zookeeper#662',
    ['watch-chain', 'no-lost-wakeup', 'no-herd', 'liveness'],
    'three contenders',
    'medium',
    { recipe: WrongPredecessor },
  ),
  bug(
    'sequence-overflow',
    'compares sequence numbers as plain numbers, and the counter has 32 bits with a sign',
    "ZK-B08; ZooKeeper programmer's guide, sequence nodes",
    ['mutual-exclusion-grant', 'watch-chain', 'mutual-exclusion-belief'],
    '2147483648 creates below one parent',
    'hard',
    { recipe: SequenceOverflow },
    { config: { firstSequence: 2_147_483_640 }, byScript: true },
  ),
  bug(
    'watch-once',
    'takes a one-shot watch for a permanent one',
    "ZK-B15; ZooKeeper programmer's guide, watches",
    ['no-lost-wakeup', 'liveness'],
    'two changes: a waiter before one gives up or dies',
    'medium',
    { recipe: WatchOnce },
  ),
  bug(
    'reset-on-event',
    'leaves the queue and joins it again at every event, which is an event for the next',
    'ZK-B32; apache/curator#430',
    ['liveness'],
    'contention all the time',
    'hard',
    { recipe: ResetOnEvent },
    { byScript: true },
  ),
];
