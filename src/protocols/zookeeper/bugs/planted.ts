import { ResourceNode } from '../../locks/index.ts';
import type { BugDefinition } from '../../protocol.ts';
import { ConnectionStates } from '../connection-states.ts';
import { LockRecipe } from '../lock-recipe.ts';
import { Reentrant } from '../reentrant.ts';
import { Semaphore } from '../semaphore.ts';
import { ZookeeperServer } from '../server.ts';
import { ZkSession } from '../session.ts';

/** The classes that a run is made of. */
export interface Parts {
  readonly server: typeof ZookeeperServer;
  readonly resource: typeof ResourceNode;
  readonly session: typeof ZkSession;
  readonly states: typeof ConnectionStates;
  readonly recipe: typeof LockRecipe;
  readonly semaphore: typeof Semaphore;
  readonly reentrant: typeof Reentrant;
}

export const correctParts: Parts = {
  server: ZookeeperServer,
  resource: ResourceNode,
  session: ZkSession,
  states: ConnectionStates,
  recipe: LockRecipe,
  semaphore: Semaphore,
  reentrant: Reentrant,
};

/** One bug: what it is, and the class that has it. */
export interface PlantedBug {
  readonly definition: BugDefinition;
  readonly parts: Partial<Parts>;
}
