import type { BugDefinition } from '../../protocol.ts';
import type { LockRecipeClass } from '../client.ts';
import type { ZookeeperServer } from '../server.ts';

/** One bug: what it is, and the class that has it. */
export interface PlantedBug {
  readonly definition: BugDefinition;
  readonly recipe?: LockRecipeClass;
  readonly server?: typeof ZookeeperServer;
}
