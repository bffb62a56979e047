import { LockRecipe } from '../lock-recipe.ts';
import type { Contender } from '../recipe.ts';
import type { PlantedBug } from './planted.ts';

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
export const revokeBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'asked-holder-works-on',
      mutation: 'a holder that is asked to let go deletes its node at once, and works on',
      source: 'apache/curator, RevocationListener: the listener runs beside whoever holds',
      caughtBy: [
        'mutual-exclusion-effect',
        'mutual-exclusion-belief',
        'mutual-exclusion-grant',
        'no-lost-update',
      ],
      needs: ['a hold that is longer than the patience of the next'],
      rarity: 'easy',
      setup: { config: REVOKED },
    },
    parts: { recipe: AskedHolderWorksOn },
  },
  {
    definition: {
      id: 'asks-the-predecessor',
      mutation:
        'a contender that has waited for long asks the one right before it, which may wait too',
      source: 'apache/curator, Revoker: the path asked is that of a participant, holder or not',
      caughtBy: ['only-holders-are-asked'],
      needs: ['three contenders'],
      rarity: 'easy',
      setup: { config: REVOKED },
    },
    parts: { recipe: AsksThePredecessor },
  },
];
