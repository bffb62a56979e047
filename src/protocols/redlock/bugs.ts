import { classesWith, type PlantedBug } from '../planted.ts';
import type { BugDefinition } from '../protocol.ts';
import { attemptBugs } from './bugs/attempts.ts';
import { extensionBugs } from './bugs/extension.ts';
import { fencingBugs } from './bugs/fencing.ts';
import { fairBugs } from './bugs/fair.ts';
import { releaseBugs } from './bugs/release.ts';
import { serverBugs } from './bugs/server.ts';
import { timeBugs } from './bugs/time.ts';
import { setBugs } from './bugs/sets.ts';
import { waitingBugs } from './bugs/waiting.ts';
import { voteBugs } from './bugs/votes.ts';
import { CORRECT, type RedlockClasses } from './classes.ts';

const planted: readonly PlantedBug<RedlockClasses>[] = [
  ...voteBugs,
  ...timeBugs,
  ...attemptBugs,
  ...releaseBugs,
  ...extensionBugs,
  ...fencingBugs,
  ...serverBugs,
  ...fairBugs,
  ...waitingBugs,
  ...setBugs,
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): RedlockClasses {
  return classesWith('redlock', planted, CORRECT, id);
}
