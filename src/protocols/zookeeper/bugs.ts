import { classesWith, type PlantedBug } from '../planted.ts';
import type { BugDefinition } from '../protocol.ts';
import { beliefBugs } from './bugs/belief.ts';
import { queueBugs } from './bugs/queue.ts';
import { releaseBugs } from './bugs/release.ts';
import { revokeBugs } from './bugs/revoke.ts';
import { serviceBugs } from './bugs/service.ts';
import { sharedBugs } from './bugs/shared.ts';
import { CORRECT, type ZookeeperClasses } from './classes.ts';

const planted: readonly PlantedBug<ZookeeperClasses>[] = [
  ...queueBugs,
  ...releaseBugs,
  ...beliefBugs,
  ...sharedBugs,
  ...revokeBugs,
  ...serviceBugs,
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): ZookeeperClasses {
  return classesWith('zookeeper', planted, CORRECT, id);
}
