import type { BugDefinition } from '../protocol.ts';
import { beliefBugs } from './bugs/belief.ts';
import { correctParts } from './bugs/planted.ts';
import type { Parts, PlantedBug } from './bugs/planted.ts';
import { queueBugs } from './bugs/queue.ts';
import { releaseBugs } from './bugs/release.ts';
import { revokeBugs } from './bugs/revoke.ts';
import { serviceBugs } from './bugs/service.ts';
import { sharedBugs } from './bugs/shared.ts';

const planted: readonly PlantedBug[] = [
  ...queueBugs,
  ...releaseBugs,
  ...beliefBugs,
  ...sharedBugs,
  ...revokeBugs,
  ...serviceBugs,
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map((bug) => bug.definition);

/** The classes to run: the correct ones, or with the bug planted. Throws on an unknown bug. */
export function partsFor(bug: string | null): Parts {
  if (bug === null) return correctParts;
  const found = planted.find((one) => one.definition.id === bug);
  if (found === undefined)
    throw new RangeError(
      `zookeeper has no planted bug "${bug}"; known: ${bugs.map((one) => one.id).join(', ')}`,
    );
  return { ...correctParts, ...found.parts };
}
