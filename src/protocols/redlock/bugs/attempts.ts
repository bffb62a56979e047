import type { RedisRequest } from '../../redis/index.ts';
import { RedLock } from '../redlock.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

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

export const attemptBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'set-then-expire',
    'sets the key and its time to live in two commands',
    'RL-B17; laravel/horizon#1738, redis/redis-py#554',
    ['no-immortal-key'],
    'none',
    'easy',
    { lock: SetThenExpire },
  ),
  bug(
    'self-blocking-retry',
    'retries with the value of the attempt before it',
    'RL-B21; mike-marcacci/node-redlock#369',
    ['owner-only-release'],
    'contention',
    'easy',
    { lock: SelfBlockingRetry },
  ),
  bug(
    'no-jitter',
    'all clients retry after the same pause',
    `RL-B23; ${redlockPage}, retry on failure`,
    ['coverage', 'liveness'],
    'contenders that start together on an even network',
    'medium',
    { lock: NoJitter },
  ),
  bug(
    'client-id-as-value',
    "locks with the client's name as the value",
    `RL-B24; ${redlockPage}`,
    ['owner-only-release'],
    'none',
    'medium',
    { lock: ClientIdAsValue },
  ),
];
