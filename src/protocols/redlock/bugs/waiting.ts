import { RedLock } from '../redlock.ts';
import type { PlantedBug } from './planted.ts';

class WaitsForNewsAlone extends RedLock {
  protected override patienceUs(): number {
    return Infinity;
  }
}

class SubscribesTooLate extends RedLock {
  protected override asksAfterSubscribing(): boolean {
    return false;
  }
}

export const waitingBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'waits-for-news-alone',
      mutation:
        'waits for the message that tells of the release, however long, and for nothing else',
      source:
        'Redis documentation, Pub/Sub: at-most-once delivery; Redisson waits no longer than the lock has to live',
      caughtBy: ['liveness', 'as-told'],
      needs: [
        'wait: notify',
        'a server that restarts, and has forgotten who listens',
        'contention',
      ],
      rarity: 'easy',
      setup: {
        serverNames: ['redis', 'store'],
        config: { wait: 'notify', retryCount: -1, ttl: '1s', allowEven: true, judgeBelief: false },
        nemesis: 'crashes',
      },
    },
    lock: WaitsForNewsAlone,
  },
  {
    definition: {
      id: 'subscribes-too-late',
      mutation:
        'waits after it has subscribed, without looking whether the lock was released before',
      source: 'Redisson, RedissonLock.lock: tries again after it has subscribed',
      caughtBy: ['no-missed-news'],
      needs: ['wait: notify', 'contention'],
      rarity: 'easy',
      setup: {
        serverNames: ['redis', 'store'],
        config: { wait: 'notify', ttl: '1s', allowEven: true, judgeBelief: false },
        nemesis: 'clients',
      },
    },
    lock: SubscribesTooLate,
  },
];
