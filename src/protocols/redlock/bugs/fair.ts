import { FairLock } from '../fair-lock.ts';
import type { PlantedBug } from './planted.ts';

class ClientClock extends FairLock {
  protected override clockArguments(): readonly string[] {
    return [String(Math.floor(this.env.wallUs() / 1_000))];
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
];
