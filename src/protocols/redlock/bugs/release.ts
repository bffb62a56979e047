import type { NodeId } from '../../../sim/engine/env.ts';
import type { RedisRequest } from '../../redis/index.ts';
import type { Attempt } from '../attempt.ts';
import { RedLock } from '../redlock.ts';
import type { PlantedBug } from './planted.ts';

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

export const releaseBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'plain-delete',
      mutation: 'releases with DEL, whoever holds the key',
      source: 'RL-B13; Redis documentation, Distributed Locks with Redis',
      caughtBy: ['owner-only-release', 'mutual-exclusion-grant'],
      needs: ['contention, or a pause longer than the ttl before the release'],
      rarity: 'easy',
    },
    lock: PlainDelete,
  },
  {
    definition: {
      id: 'release-only-ackers',
      mutation: 'does not release on nodes whose answer was lost or came late',
      source: 'RL-B14; seed document, RedLock step 4',
      caughtBy: ['no-forgotten-orphan'],
      needs: ['lost replies'],
      rarity: 'easy',
    },
    lock: ReleaseOnlyAckers,
  },
  {
    definition: {
      id: 'no-release-on-failure',
      mutation: 'a failed attempt leaves its keys to expire',
      source: 'RL-B15; seed document, RedLock step 4',
      caughtBy: ['no-forgotten-orphan', 'liveness'],
      needs: ['contention'],
      rarity: 'easy',
    },
    lock: NoReleaseOnFailure,
  },
  {
    definition: {
      id: 'noscript-ignored',
      mutation: 'takes NOSCRIPT for an answer: the release is lost on a restarted node',
      source: 'RL-B41',
      caughtBy: ['no-forgotten-orphan'],
      needs: ['node restart'],
      rarity: 'easy',
    },
    lock: NoScriptIgnored,
  },
  {
    definition: {
      id: 'late-set-forgotten',
      mutation: 'does not release again when the answer to a SET comes after the release',
      source: 'RL-B16',
      caughtBy: ['no-forgotten-orphan'],
      needs: ['a SET that is slower than the lock'],
      rarity: 'medium',
    },
    lock: LateSetForgotten,
  },
];
