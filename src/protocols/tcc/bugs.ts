import { classesWith, type PlantedBug } from '../planted.ts';
import type { BugDefinition } from '../protocol.ts';
import { bookBugs } from './bugs/book-bugs.ts';
import { coordinatorBugs } from './bugs/coordinator-bugs.ts';
import { serviceBugs } from './bugs/service-bugs.ts';
import { TccCoordinator } from './coordinator.ts';
import type { ServerClasses } from './node.ts';
import { Service } from './service.ts';

const planted: readonly PlantedBug<ServerClasses>[] = [
  ...bookBugs,
  ...serviceBugs,
  ...coordinatorBugs,
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): ServerClasses {
  return classesWith('tcc', planted, { coordinator: TccCoordinator, service: Service }, id);
}
