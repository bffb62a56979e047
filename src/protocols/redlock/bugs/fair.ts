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
      needs: ["a client's clock that runs ahead", 'contention'],
      rarity: 'medium',
      setup: {
        servers: 2,
        config: {
          fair: true,
          allowEven: true,
          fence: 'none',
          ttl: '1s',
          fairWait: '2s',
          hold: ['100ms', '300ms'],
          retryCount: -1,
          retryDelay: '50ms',
          retryJitter: '20ms',
        },
        faults: [
          { id: 'ahead', at: '500ms', kind: 'clock-step', target: 'c1', by: '10s', mayMiss: true },
        ],
      },
    },
    fairLock: ClientClock,
  },
];
