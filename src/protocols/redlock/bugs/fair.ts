import type { RedisRequest } from '../../redis/index.ts';
import { FairLock } from '../fair-lock.ts';
import type { Lock } from '../lock.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

class ClientClock extends FairLock {
  protected override clockArguments(): readonly string[] {
    return [String(Math.floor(this.env.wallUs() / 1_000))];
  }
}

/** The lock is extended as one without a queue would be: the timeouts of those who wait stay where they were. */
class TimeoutsStayBehind extends FairLock {
  protected override extendRequest({ key, grant }: Lock): RedisRequest {
    return { type: 'Extend', command: ['EVALSHA', 'extend', '1', key, grant, this.ttlText()] };
  }
}

export const fairBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'fair-queue-client-clock',
    "counts the timeouts of the server's queue on each client's own wall clock",
    'RL-B42; redisson RedissonFairLock, System.currentTimeMillis() as a script argument',
    ['fair-order'],
    ['fair: true', "a client's clock that runs ahead", 'contention'],
    'medium',
    { fairLock: ClientClock },
  ),
  bug(
    'fair-queue-timeouts-stay-behind',
    "extends the lock and leaves the timeouts of the server's queue where they were",
    'redisson/redisson#3004',
    ['fair-order'],
    ['fair: true', 'extend: watchdog', 'a hold longer than ttl + fairWait'],
    'medium',
    { fairLock: TimeoutsStayBehind },
  ),
];
