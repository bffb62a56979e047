import type { NodeId } from '../../../sim/engine/env.ts';
import type { RedisRequest } from '../../redis/index.ts';
import type { Attempt } from '../attempt.ts';
import { RedLock } from '../redlock.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

class PlainDelete extends RedLock {
  protected override releaseRequest(key: string): RedisRequest {
    return { type: 'Del', command: ['DEL', key] };
  }
}

class ReleaseOnlyAckers extends RedLock {
  protected override releaseTargets(attempt: Attempt): readonly NodeId[] {
    return attempt.acked;
  }

  protected override releasesLate(): boolean {
    return false;
  }
}

class NoReleaseOnFailure extends RedLock {
  protected override releasesOnFailure(): boolean {
    return false;
  }

  protected override releasesLate(): boolean {
    return false;
  }
}

/** A SET that lands after the release is nobody's business. */
class LateSetForgotten extends RedLock {
  protected override releasesLate(): boolean {
    return false;
  }
}

class NoScriptIgnored extends RedLock {
  protected override retriesNoScript(): boolean {
    return false;
  }
}

export const releaseBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'plain-delete',
    'releases with DEL, whoever holds the key',
    'RL-B13; Redis documentation, Distributed Locks with Redis',
    ['owner-only-release', 'mutual-exclusion-grant'],
    'contention, or a pause longer than the ttl before the release',
    'easy',
    { lock: PlainDelete },
  ),
  bug(
    'release-only-ackers',
    'does not release on nodes whose answer was lost or came late',
    'RL-B14; seed document, RedLock step 4',
    ['no-forgotten-orphan'],
    'lost replies',
    'easy',
    { lock: ReleaseOnlyAckers },
  ),
  bug(
    'no-release-on-failure',
    'a failed attempt leaves its keys to expire',
    'RL-B15; seed document, RedLock step 4',
    ['no-forgotten-orphan', 'liveness'],
    'contention',
    'easy',
    { lock: NoReleaseOnFailure },
  ),
  bug(
    'noscript-ignored',
    'takes NOSCRIPT for an answer: the release is lost on a restarted node',
    'RL-B41',
    ['no-forgotten-orphan'],
    'node restart',
    'easy',
    { lock: NoScriptIgnored },
  ),
  bug(
    'late-set-forgotten',
    'does not release again when the answer to a SET comes after the release',
    'RL-B16',
    ['no-forgotten-orphan'],
    'a SET that is slower than the lock',
    'medium',
    { lock: LateSetForgotten },
  ),
];
