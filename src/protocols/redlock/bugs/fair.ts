import type { RedisRequest } from '../../redis/index.ts';
import { FairLock } from '../fair-lock.ts';
import type { Lock } from '../lock.ts';
import type { PlantedBug } from './planted.ts';

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

export const fairBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'fair-queue-client-clock',
      mutation: "counts the timeouts of the server's queue on each client's own wall clock",
      source: 'RL-B42; redisson RedissonFairLock, System.currentTimeMillis() as a script argument',
      caughtBy: ['fair-order'],
      needs: ['fair: true', "a client's clock that runs ahead", 'contention'],
      rarity: 'medium',
    },
    fairLock: ClientClock,
  },
  {
    definition: {
      id: 'fair-queue-timeouts-stay-behind',
      mutation: "extends the lock and leaves the timeouts of the server's queue where they were",
      source: 'redisson/redisson#3004',
      caughtBy: ['fair-order'],
      needs: ['fair: true', 'extend: watchdog', 'a hold longer than ttl + fairWait'],
      rarity: 'medium',
    },
    fairLock: TimeoutsStayBehind,
  },
];
