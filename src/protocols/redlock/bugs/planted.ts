import type { ResourceNode } from '../../locks/index.ts';
import type { BugDefinition } from '../../protocol.ts';
import type { RedisNode } from '../../redis/index.ts';
import type { RedLockClass } from '../client.ts';

/** One bug: what it is, and the class that has it. */
export interface PlantedBug {
  readonly definition: BugDefinition;
  readonly lock?: RedLockClass;
  /** With `fair: true`. */
  readonly fairLock?: RedLockClass;
  readonly resource?: typeof ResourceNode;
  readonly redis?: typeof RedisNode;
}
