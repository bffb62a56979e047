import { ResourceNode } from '../locks/index.ts';
import { RedisNode } from '../redis/index.ts';
import type { RedLockClass } from './client.ts';
import { FairLock } from './fair-lock.ts';
import { RedLock } from './redlock.ts';

/** The classes that a run is made of. */
export interface RedlockClasses {
  readonly lock: RedLockClass;
  /** With `fair: true`. */
  readonly fairLock: RedLockClass;
  readonly resource: typeof ResourceNode;
  readonly redis: typeof RedisNode;
}

export const CORRECT: RedlockClasses = {
  lock: RedLock,
  fairLock: FairLock,
  resource: ResourceNode,
  redis: RedisNode,
};
