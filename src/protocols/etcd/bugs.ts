import { bug, classesWith, type PlantedBug } from '../planted.ts';
import type { BugDefinition, BugSetup } from '../protocol.ts';
import { LeaseLock } from './lock.ts';
import { EtcdServer } from './server.ts';

/** The classes that a run is made of. */
interface EtcdClasses {
  readonly lock: typeof LeaseLock;
  readonly server: typeof EtcdServer;
}

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

const planted: readonly PlantedBug<EtcdClasses>[] = [
  bug(
    'lease-dies-waiting',
    'does not look whether its key is still there: its lease may have ended meanwhile',
    'ZK-B36; etcd-io/etcd#11456, #9921; Jepsen, etcd 3.4.3',
    ['grant-has-key', 'belief-within-grant'],
    'keepalives lost while waiting',
    'medium',
    { lock: LeaseDiesWaiting },
  ),
  bug(
    'all-pass-after-timeout',
    'takes a wait that has timed out for the lock',
    'ZK-B37; etcd-io/etcd#664',
    ['mutual-exclusion-grant', 'mutual-exclusion-belief'],
    'a long critical section, or silence',
    'easy',
    { lock: AllPassAfterTimeout },
  ),
  bug(
    'release-deletes-blindly',
    'deletes its key by name: a late copy of the request deletes the key of the next lock of the same session',
    'clientv3/concurrency, Mutex.Unlock; found in our own code, seed 7588 of etcd-faults',
    ['grant-has-key', 'mutual-exclusion-grant', 'belief-within-grant'],
    ['a release that is delayed and sent again', 'the same client locks again at once'],
    'hard',
    { lock: ReleaseDeletesBlindly },
  ),
  bug(
    'keepalive-outlives-worker',
    'a release that failed is forgotten, and the lease is kept alive',
    'ZK-B38; etcd-io/etcd#17470',
    ['token-monotone', 'liveness', 'as-told'],
    'a lost request',
    'easy',
    { lock: KeepAliveOutlivesWorker },
  ),
  bug(
    'prefix-collision',
    'the queue of x is whatever begins with x: that of xy too',
    'ZK-B39; etcd-io/etcd, clientv3/concurrency, NewMutex adds "/"',
    ['mutual-exclusion-grant', 'liveness', 'as-told'],
    'two locks, one the beginning of the other',
    'easy',
    { lock: PrefixCollision },
  ),
  bug(
    'leases-not-refreshed',
    'a new leader does not take over the leases: those of the dead never end',
    'ZK-B23; etcd-io/etcd, lessor, Promote',
    ['liveness'],
    'leader change',
    'medium',
    { server: LeasesNotRefreshed },
  ),
  bug(
    'delay-forgotten-by-new-leader',
    "a new leader frees the locks of lost holders at once: their lock-delay was in the old one's memory",
    'Burrows 2006 (Chubby), §2.4 and §2.9: what a new master rebuilds',
    ['lock-delay', 'mutual-exclusion-effect', 'no-lost-update'],
    'a holder lost, and the leader within the lock-delay after it',
    'medium',
    { server: DelayForgotten },
    { config: { lockDelay: '2s' } },
  ),
  bug(
    'holder-may-return',
    'takes the lock-delay for a grace period: answers keepalives in it as if the lease still lived',
    'Burrows 2006 (Chubby), §2.4 lock-delay, §2.8 grace period: two things',
    ['mutual-exclusion-belief', 'mutual-exclusion-effect'],
    'a holder whose clock is slow',
    'easy',
    { server: HolderMayReturn },
    slowHolder,
  ),
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): EtcdClasses {
  return classesWith('etcd', planted, { lock: LeaseLock, server: EtcdServer }, id);
}
