import { LockRecipe } from '../lock-recipe.ts';
import type { Contender } from '../recipe.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { ZookeeperClasses } from '../classes.ts';

class AskedHolderWorksOn extends LockRecipe {
  /** The lock is given back by whoever hears the request, and nobody tells the one who works under it. */
  protected override heardAsking(contender: Contender): void {
    this.env.spawn(this.leave(contender, () => undefined));
  }
}

class AsksThePredecessor extends LockRecipe {
  protected override holdersBefore(queue: readonly string[], place: number): readonly string[] {
    return queue.filter((_, at) => at === place - 1);
  }
}

const REVOKED = { lock: 'read-write', fence: 'none', judgeBelief: false, revokeAfter: '20ms' };

/** Locks that their holders are asked for. */
export const revokeBugs: readonly PlantedBug<ZookeeperClasses>[] = [
  bug(
    'asked-holder-works-on',
    'a holder that is asked to let go deletes its node at once, and works on',
    'apache/curator, RevocationListener: the listener runs beside whoever holds',
    [
      'mutual-exclusion-effect',
      'mutual-exclusion-belief',
      'mutual-exclusion-grant',
      'no-lost-update',
    ],
    'a hold that is longer than the patience of the next',
    'easy',
    { recipe: AskedHolderWorksOn },
    { config: REVOKED },
  ),
  bug(
    'asks-the-predecessor',
    'a contender that has waited for long asks the one right before it, which may wait too',
    'apache/curator, Revoker: the path asked is that of a participant, holder or not',
    ['only-holders-are-asked'],
    'three contenders',
    'easy',
    { recipe: AsksThePredecessor },
    { config: REVOKED },
  ),
];
