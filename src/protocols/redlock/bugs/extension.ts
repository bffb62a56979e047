import type { RedisRequest } from '../../redis/index.ts';
import type { Lock } from '../lock.ts';
import type { Ballot } from '../quorum-call.ts';
import { RedLock } from '../redlock.ts';
import type { PlantedBug } from './planted.ts';

class ExtendRecreates extends RedLock {
  protected override extendRequest(lock: Lock): RedisRequest {
    const { key, grant } = lock;
    if (this.keysOf(key).length > 1) return super.extendRequest(lock);
    return { type: 'Extend', command: ['SET', key, grant, 'PX', this.ttlText()] };
  }
}

class ExtendByMinority extends RedLock {
  protected override isExtended({ yes }: Ballot): boolean {
    return yes.length > 0;
  }
}

class ExtendIgnoresElapsed extends RedLock {
  protected override extendedUntilUs(): number {
    return this.clockUs() + this.ttlUs();
  }
}

class ExtendDropsTtl extends RedLock {
  protected override extendRequest({ key, grant }: Lock): RedisRequest {
    return { type: 'Extend', command: ['SET', key, grant, 'XX'] };
  }
}

class WatchdogOutlivesUnlock extends RedLock {
  protected override endLock(lock: Lock): void {
    super.endLock(lock);
    lock.over = false;
    lock.untilUs = Infinity;
  }

  protected override keepsAlive(): boolean {
    return true;
  }

  protected override extendRequest({ key, grant }: Lock): RedisRequest {
    const ttlMs = String(Math.floor(this.ttlUs() / 1_000));
    return { type: 'Extend', command: ['SET', key, grant, 'PX', ttlMs] };
  }
}

class UnboundedExtension extends RedLock {
  protected override keepsAlive(lock: Lock): boolean {
    return this.isHeld(lock);
  }
}

/** A renewal that fails is the last one; with a watchdog the holder looks at no deadline of its own. */
class WatchdogDies extends RedLock {
  protected override extendedUntilUs(): number {
    return Infinity;
  }

  protected override renewsAfterFailure(): boolean {
    return false;
  }
}

/** `extend` made a new lock object, which nobody extends again; the holder works on with the old one. */
class StaleLockObject extends RedLock {
  protected override extendedUntilUs(): number {
    return Infinity;
  }
}

export const extensionBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'extend-recreates',
      mutation: 'an extension sets the key, whether or not it is still there and whose it is',
      source: 'RL-B25; leandromoreira/redlock-rb#36, samcook/RedLock.net#49',
      caughtBy: ['owner-only-release', 'mutual-exclusion-grant', 'mutual-exclusion-belief'],
      needs: ['extend: auto or watchdog', 'pause longer than the ttl'],
      rarity: 'medium',
    },
    lock: ExtendRecreates,
  },
  {
    definition: {
      id: 'extend-by-minority',
      mutation: 'one node that extends is enough',
      source: 'RL-B26; go-redsync/redsync#71',
      caughtBy: ['belief-within-grant', 'mutual-exclusion-belief'],
      needs: ['extend: auto or watchdog', 'partition'],
      rarity: 'medium',
    },
    lock: ExtendByMinority,
  },
  {
    definition: {
      id: 'extend-ignores-elapsed',
      mutation: 'counts the new time to live from the answers, without the drift margin',
      source: 'RL-B27; go-redsync/redsync#71',
      caughtBy: ['belief-within-grant'],
      needs: ['extend: auto', 'slow nodes', 'a hold up to the end'],
      rarity: 'medium',
    },
    lock: ExtendIgnoresElapsed,
  },
  {
    definition: {
      id: 'extend-drops-ttl',
      mutation: 'extends by SET without PX, which takes the time to live away',
      source: 'RL-B28; Redis 7.0.15: PTTL is -1 after a plain SET',
      caughtBy: ['no-immortal-key'],
      needs: ['extend: auto or watchdog'],
      rarity: 'easy',
    },
    lock: ExtendDropsTtl,
  },
  {
    definition: {
      id: 'watchdog-outlives-unlock',
      mutation: 'the watchdog goes on after the release',
      source: 'RL-B30; redisson/redisson#7272, #2714, #1626',
      caughtBy: ['owner-only-release', 'mutual-exclusion-effect', 'liveness'],
      needs: ['extend: watchdog'],
      rarity: 'medium',
    },
    lock: WatchdogOutlivesUnlock,
  },
  {
    definition: {
      id: 'unbounded-extension',
      mutation: 'extends for as long as the holder lives, stuck or not',
      source: 'RL-B29; Redis documentation, Distributed Locks with Redis, extending the lock',
      caughtBy: ['bounded-extension'],
      needs: ['extend: auto', 'a holder that is stuck'],
      rarity: 'medium',
    },
    lock: UnboundedExtension,
  },
  {
    definition: {
      id: 'watchdog-dies',
      mutation: 'the watchdog ends with the first renewal that fails, and the holder goes on',
      source: 'RL-B31; redisson/redisson#3194, #2515',
      caughtBy: ['belief-within-grant', 'mutual-exclusion-belief'],
      needs: ['extend: watchdog', 'a partition of the holder'],
      rarity: 'medium',
    },
    lock: WatchdogDies,
  },
  {
    definition: {
      id: 'stale-lock-object',
      mutation: 'the holder keeps the lock object from before the extension: it is extended once',
      source: 'RL-B33; mike-marcacci/node-redlock#103',
      caughtBy: ['belief-within-grant', 'mutual-exclusion-belief'],
      needs: ['extend: auto', 'a hold of more than two leases'],
      rarity: 'easy',
    },
    lock: StaleLockObject,
  },
];
