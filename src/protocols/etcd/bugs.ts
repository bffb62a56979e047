import type { BugDefinition, BugSetup } from '../protocol.ts';
import { LeaseLock } from './lock.ts';
import { EtcdServer } from './server.ts';

class LeaseDiesWaiting extends LeaseLock {
  protected override isStillOurs(): boolean {
    return true;
  }
}

class AllPassAfterTimeout extends LeaseLock {
  protected override passesWithoutNews(): boolean {
    return true;
  }
}

class KeepAliveOutlivesWorker extends LeaseLock {
  protected override retriesRelease(): boolean {
    return false;
  }
}

class ReleaseDeletesBlindly extends LeaseLock {
  protected override deleteWhen(): [] {
    return [];
  }
}

class PrefixCollision extends LeaseLock {
  protected override prefix(key: string): string {
    return `lock/${key}`;
  }
}

class LeasesNotRefreshed extends EtcdServer {
  protected override refreshesLeases(): boolean {
    return false;
  }
}

class DelayForgotten extends EtcdServer {
  protected override inheritedDelayUs(): number {
    return 0;
  }
}

class HolderMayReturn extends EtcdServer {
  protected override isAlive(lease: number): boolean {
    return super.isAlive(lease) || this.replica.state.lapsedLeases().has(lease);
  }
}

/** The classes that a run is made of. */
export interface Parts {
  readonly lock: typeof LeaseLock;
  readonly server: typeof EtcdServer;
}

/**
 * A clock at a fifth of the speed makes a lease of 1 s seem to last for 5 s: with a lock-delay of more than 4 s no other can
 * have the lock while its holder, by that clock, may still believe.
 */
const slowHolder: BugSetup = {
  config: {
    ttl: '1s',
    expiryCheck: '200ms',
    electionTimeout: '200ms',
    heartbeat: '40ms',
    lockDelay: '4500ms',
    hold: ['1s', '2s'],
    judgeBelief: true,
  },
  faults: [{ id: 'slow', at: '0s', kind: 'clock-drift', target: 'c1', ppm: -800_000 }],
  breaks: ['belief-within-grant', 'grant-has-key'],
};

interface PlantedBug {
  readonly definition: BugDefinition;
  readonly parts: Partial<Parts>;
}

const planted: readonly PlantedBug[] = [
  {
    definition: {
      id: 'lease-dies-waiting',
      mutation: 'does not look whether its key is still there: its lease may have ended meanwhile',
      source: 'ZK-B36; etcd-io/etcd#11456, #9921; Jepsen, etcd 3.4.3',
      caughtBy: ['grant-has-key', 'belief-within-grant'],
      needs: ['keepalives lost while waiting'],
      rarity: 'medium',
    },
    parts: { lock: LeaseDiesWaiting },
  },
  {
    definition: {
      id: 'all-pass-after-timeout',
      mutation: 'takes a wait that has timed out for the lock',
      source: 'ZK-B37; etcd-io/etcd#664',
      caughtBy: ['mutual-exclusion-grant', 'mutual-exclusion-belief'],
      needs: ['a long critical section, or silence'],
      rarity: 'easy',
    },
    parts: { lock: AllPassAfterTimeout },
  },
  {
    definition: {
      id: 'release-deletes-blindly',
      mutation:
        'deletes its key by name: a late copy of the request deletes the key of the next lock of the same session',
      source: 'clientv3/concurrency, Mutex.Unlock; found in our own code, seed 7588 of etcd-faults',
      caughtBy: ['grant-has-key', 'mutual-exclusion-grant', 'belief-within-grant'],
      needs: ['a release that is delayed and sent again', 'the same client locks again at once'],
      rarity: 'hard',
    },
    parts: { lock: ReleaseDeletesBlindly },
  },
  {
    definition: {
      id: 'keepalive-outlives-worker',
      mutation: 'a release that failed is forgotten, and the lease is kept alive',
      source: 'ZK-B38; etcd-io/etcd#17470',
      caughtBy: ['token-monotone', 'liveness', 'as-told'],
      needs: ['a lost request'],
      rarity: 'easy',
    },
    parts: { lock: KeepAliveOutlivesWorker },
  },
  {
    definition: {
      id: 'prefix-collision',
      mutation: 'the queue of x is whatever begins with x: that of xy too',
      source: 'ZK-B39; etcd-io/etcd, clientv3/concurrency, NewMutex adds "/"',
      caughtBy: ['mutual-exclusion-grant', 'liveness', 'as-told'],
      needs: ['two locks, one the beginning of the other'],
      rarity: 'easy',
    },
    parts: { lock: PrefixCollision },
  },
  {
    definition: {
      id: 'leases-not-refreshed',
      mutation: 'a new leader does not take over the leases: those of the dead never end',
      source: 'ZK-B23; etcd-io/etcd, lessor, Promote',
      caughtBy: ['liveness'],
      needs: ['leader change'],
      rarity: 'medium',
    },
    parts: { server: LeasesNotRefreshed },
  },
  {
    definition: {
      id: 'delay-forgotten-by-new-leader',
      mutation:
        "a new leader frees the locks of lost holders at once: their lock-delay was in the old one's memory",
      source: 'Burrows 2006 (Chubby), §2.4 and §2.9: what a new master rebuilds',
      caughtBy: ['lock-delay', 'mutual-exclusion-effect', 'no-lost-update'],
      needs: ['a holder lost, and the leader within the lock-delay after it'],
      rarity: 'medium',
      setup: { config: { lockDelay: '2s' } },
    },
    parts: { server: DelayForgotten },
  },
  {
    definition: {
      id: 'holder-may-return',
      mutation:
        'takes the lock-delay for a grace period: answers keepalives in it as if the lease still lived',
      source: 'Burrows 2006 (Chubby), §2.4 lock-delay, §2.8 grace period: two things',
      caughtBy: ['mutual-exclusion-belief', 'mutual-exclusion-effect'],
      needs: ['a holder whose clock is slow'],
      rarity: 'easy',
      setup: slowHolder,
    },
    parts: { server: HolderMayReturn },
  },
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run. Throws on an unknown bug. */
export function partsFor(bug: string | null): Parts {
  const correct: Parts = { lock: LeaseLock, server: EtcdServer };
  if (bug === null) return correct;
  const found = planted.find(({ definition }) => definition.id === bug);
  if (found === undefined)
    throw new RangeError(
      `etcd has no planted bug "${bug}"; known: ${bugs.map(({ id }) => id).join(', ')}`,
    );
  return { ...correct, ...found.parts };
}
