import type { RedisRequest } from '../../redis/index.ts';
import { RedLock } from '../redlock.ts';
import type { PlantedBug } from './planted.ts';

/** SET NX first, the time to live in a second command that may never come. */
class SetThenExpire extends RedLock {
  protected override setRequest(key: string, value: string): RedisRequest {
    return { type: 'Set', command: ['SET', key, value, 'NX'] };
  }
}

/** The retry goes on with the value of the attempt before it, whose keys refuse it. */
class SelfBlockingRetry extends RedLock {
  #value: string | null = null;

  protected override newValue(): string {
    this.#value ??= super.newValue();
    return this.#value;
  }
}

class NoJitter extends RedLock {
  protected override retryDelayUs(): number {
    return this.config.retryDelayUs;
  }
}

class ClientIdAsValue extends RedLock {
  protected override newValue(): string {
    return this.env.name;
  }
}

const redlockPage = 'Redis documentation, Distributed Locks with Redis';

export const attemptBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'set-then-expire',
      mutation: 'sets the key and its time to live in two commands',
      source: 'RL-B17; laravel/horizon#1738, redis/redis-py#554',
      caughtBy: ['no-immortal-key'],
      needs: ['none'],
      rarity: 'easy',
    },
    lock: SetThenExpire,
  },
  {
    definition: {
      id: 'self-blocking-retry',
      mutation: 'retries with the value of the attempt before it',
      source: 'RL-B21; mike-marcacci/node-redlock#369',
      caughtBy: ['owner-only-release'],
      needs: ['contention'],
      rarity: 'easy',
    },
    lock: SelfBlockingRetry,
  },
  {
    definition: {
      id: 'no-jitter',
      mutation: 'all clients retry after the same pause',
      source: `RL-B23; ${redlockPage}, retry on failure`,
      caughtBy: ['coverage', 'liveness'],
      needs: ['contenders that start together on an even network'],
      rarity: 'medium',
    },
    lock: NoJitter,
  },
  {
    definition: {
      id: 'client-id-as-value',
      mutation: "locks with the client's name as the value",
      source: `RL-B24; ${redlockPage}`,
      caughtBy: ['owner-only-release'],
      needs: ['none'],
      rarity: 'medium',
    },
    lock: ClientIdAsValue,
  },
];
