import { RedLock } from '../redlock.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

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

export const waitingBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'waits-for-news-alone',
    'waits for the message that tells of the release, however long, and for nothing else',
    'Redis documentation, Pub/Sub: at-most-once delivery; Redisson waits no longer than the lock has to live',
    ['liveness', 'as-told'],
    ['wait: notify', 'a server that restarts, and has forgotten who listens', 'contention'],
    'easy',
    { lock: WaitsForNewsAlone },
    {
      serverNames: ['redis', 'store'],
      config: { wait: 'notify', retryCount: -1, ttl: '1s', allowEven: true, judgeBelief: false },
      nemesis: 'crashes',
    },
  ),
  bug(
    'subscribes-too-late',
    'waits after it has subscribed, without looking whether the lock was released before',
    'Redisson, RedissonLock.lock: tries again after it has subscribed',
    ['no-missed-news'],
    ['wait: notify', 'contention'],
    'easy',
    { lock: SubscribesTooLate },
    {
      serverNames: ['redis', 'store'],
      config: { wait: 'notify', ttl: '1s', allowEven: true, judgeBelief: false },
      nemesis: 'clients',
    },
  ),
];
