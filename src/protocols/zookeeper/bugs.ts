import type { BugDefinition } from '../protocol.ts';
import { recipeBugs } from './bugs/recipe.ts';
import { serviceBugs } from './bugs/service.ts';
import type { PlantedBug } from './bugs/planted.ts';
import type { LockRecipeClass } from './client.ts';
import { LockRecipe } from './lock-recipe.ts';
import { ZookeeperServer } from './server.ts';

const planted: readonly PlantedBug[] = [...recipeBugs, ...serviceBugs];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map((bug) => bug.definition);

function find(bug: string | null): PlantedBug | null {
  if (bug === null) return null;
  const found = planted.find((one) => one.definition.id === bug);
  if (found === undefined)
    throw new RangeError(
      `zookeeper has no planted bug "${bug}"; known: ${bugs.map((one) => one.id).join(', ')}`,
    );
  return found;
}

/** The recipe to run: the correct one, or the one with the bug planted. Throws on an unknown bug. */
export function recipeFor(bug: string | null): LockRecipeClass {
  return find(bug)?.recipe ?? LockRecipe;
}

/** The server to run. */
export function serverFor(bug: string | null): typeof ZookeeperServer {
  return find(bug)?.server ?? ZookeeperServer;
}
