import { ResourceNode } from '../locks/index.ts';
import { ConnectionStates } from './connection-states.ts';
import { LockRecipe } from './lock-recipe.ts';
import { Reentrant } from './reentrant.ts';
import { Semaphore } from './semaphore.ts';
import { ZookeeperServer } from './server.ts';
import { ZkSession } from './session.ts';

/** The classes that a run is made of. */
export interface ZookeeperClasses {
  readonly server: typeof ZookeeperServer;
  readonly resource: typeof ResourceNode;
  readonly session: typeof ZkSession;
  readonly states: typeof ConnectionStates;
  readonly recipe: typeof LockRecipe;
  readonly semaphore: typeof Semaphore;
  readonly reentrant: typeof Reentrant;
}

export const CORRECT: ZookeeperClasses = {
  server: ZookeeperServer,
  resource: ResourceNode,
  session: ZkSession,
  states: ConnectionStates,
  recipe: LockRecipe,
  semaphore: Semaphore,
  reentrant: Reentrant,
};
