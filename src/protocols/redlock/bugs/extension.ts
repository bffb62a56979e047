import type { RedisRequest } from '../../redis/index.ts';
import type { Lock } from '../lock.ts';
import type { Ballot } from '../quorum-call.ts';
import { RedLock } from '../redlock.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

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

export const extensionBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'extend-recreates',
    'an extension sets the key, whether or not it is still there and whose it is',
    'RL-B25; leandromoreira/redlock-rb#36, samcook/RedLock.net#49',
    ['owner-only-release', 'mutual-exclusion-grant', 'mutual-exclusion-belief'],
    ['extend: auto or watchdog', 'pause longer than the ttl'],
    'medium',
    { lock: ExtendRecreates },
  ),
  bug(
    'extend-by-minority',
    'one node that extends is enough',
    'RL-B26; go-redsync/redsync#71',
    ['belief-within-grant', 'mutual-exclusion-belief'],
    ['extend: auto or watchdog', 'partition'],
    'medium',
    { lock: ExtendByMinority },
  ),
  bug(
    'extend-ignores-elapsed',
    'counts the new time to live from the answers, without the drift margin',
    'RL-B27; go-redsync/redsync#71',
    ['belief-within-grant'],
    ['extend: auto', 'slow nodes', 'a hold up to the end'],
    'medium',
    { lock: ExtendIgnoresElapsed },
  ),
  bug(
    'extend-drops-ttl',
    'extends by SET without PX, which takes the time to live away',
    'RL-B28; Redis 7.0.15: PTTL is -1 after a plain SET',
    ['no-immortal-key'],
    'extend: auto or watchdog',
    'easy',
    { lock: ExtendDropsTtl },
  ),
  bug(
    'watchdog-outlives-unlock',
    'the watchdog goes on after the release',
    'RL-B30; redisson/redisson#7272, #2714, #1626',
    ['owner-only-release', 'mutual-exclusion-effect', 'liveness'],
    'extend: watchdog',
    'medium',
    { lock: WatchdogOutlivesUnlock },
  ),
  bug(
    'unbounded-extension',
    'extends for as long as the holder lives, stuck or not',
    'RL-B29; Redis documentation, Distributed Locks with Redis, extending the lock',
    ['bounded-extension'],
    ['extend: auto', 'a holder that is stuck'],
    'medium',
    { lock: UnboundedExtension },
  ),
  bug(
    'watchdog-dies',
    'the watchdog ends with the first renewal that fails, and the holder goes on',
    'RL-B31; redisson/redisson#3194, #2515',
    ['belief-within-grant', 'mutual-exclusion-belief'],
    ['extend: watchdog', 'a partition of the holder'],
    'medium',
    { lock: WatchdogDies },
  ),
  bug(
    'stale-lock-object',
    'the holder keeps the lock object from before the extension: it is extended once',
    'RL-B33; mike-marcacci/node-redlock#103',
    ['belief-within-grant', 'mutual-exclusion-belief'],
    ['extend: auto', 'a hold of more than two leases'],
    'easy',
    { lock: StaleLockObject },
  ),
];
