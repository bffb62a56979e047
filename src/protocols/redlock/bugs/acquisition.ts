import type { RedisRequest } from '../../redis/index.ts';
import type { Ballot } from '../quorum-call.ts';
import { RedLock } from '../redlock.ts';
import type { PlantedBug } from './planted.ts';

class SeedLiteralQuorum extends RedLock {
  protected override quorum(): number {
    return super.quorum() + 1;
  }
}

/** More than N/2+1 votes succeed, fewer fail; N/2+1 votes do neither. */
class SeedGap extends RedLock {
  #votes = 0;

  protected override isWon({ yes }: Ballot): boolean {
    this.#votes = yes.length;
    return this.#votes > this.quorum();
  }

  protected override isSettled(): boolean {
    return false;
  }

  protected override releasesOnFailure(): boolean {
    return this.#votes < this.quorum();
  }
}

class HalfIsEnough extends RedLock {
  protected override quorum(): number {
    return Math.floor(this.nodes.length / 2);
  }
}

class QuorumOfReachable extends RedLock {
  protected override isWon({ yes, no }: Ballot): boolean {
    return yes.length > 0 && yes.length > Math.floor((yes.length + no.length) / 2);
  }

  protected override isSettled(): boolean {
    return false;
  }
}

class ValidityNeverChecked extends RedLock {
  protected override isValid(): boolean {
    return true;
  }
}

class ClockReadTooLate extends RedLock {
  protected override validityUs(): number {
    return this.ttlUs() - this.driftUs();
  }
}

class NoDriftMargin extends RedLock {
  protected override driftUs(): number {
    return 0;
  }
}

class WallClock extends RedLock {
  protected override clockUs(): number {
    return this.env.wallUs();
  }
}

/** SET NX first, the time to live in a second command that may never come. */
class SetThenExpire extends RedLock {
  protected override setRequest(key: string, value: string): RedisRequest {
    return { type: 'Set', command: ['SET', key, value, 'NX'] };
  }
}

class SecondsForMilliseconds extends RedLock {
  protected override setRequest(key: string, value: string): RedisRequest {
    const ttl = String(Math.max(1, Math.floor(this.ttlUs() / 1_000_000)));
    return { type: 'Set', command: ['SET', key, value, 'NX', 'PX', ttl] };
  }
}

/** The retry goes on with the value of the attempt before it, whose keys refuse it. */
class SelfBlockingRetry extends RedLock {
  #value: string | null = null;

  protected override newValue(): string {
    this.#value ??= super.newValue();
    return this.#value;
  }
}

class NoJitter extends RedLock {
  protected override retryDelayUs(): number {
    return this.config.retryDelayUs;
  }
}

class ClientIdAsValue extends RedLock {
  protected override newValue(): string {
    return this.env.name;
  }
}

const redlockPage = 'Redis documentation, Distributed Locks with Redis';

export const acquisitionBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'seed-literal-quorum',
      mutation: 'asks for more than N/2+1 votes, as the seed document says, instead of N/2+1',
      source: 'RL-B01; seed document, RedLock step 3',
      caughtBy: ['liveness', 'coverage'],
      needs: ['a minority of nodes down'],
      rarity: 'easy',
    },
    lock: SeedLiteralQuorum,
  },
  {
    definition: {
      id: 'seed-gap',
      mutation: 'exactly N/2+1 votes are neither success nor failure: nothing is released',
      source: 'RL-B02; seed document, RedLock steps 3 and 4',
      caughtBy: ['no-forgotten-orphan'],
      needs: ['two nodes of five down'],
      rarity: 'easy',
    },
    lock: SeedGap,
  },
  {
    definition: {
      id: 'half-is-enough',
      mutation: 'takes floor(N/2) votes for a majority',
      source: 'RL-B03',
      caughtBy: ['mutual-exclusion-belief', 'mutual-exclusion-grant', 'validity-at-return'],
      needs: ['contention'],
      rarity: 'easy',
    },
    lock: HalfIsEnough,
  },
  {
    definition: {
      id: 'quorum-of-reachable',
      mutation: 'counts the majority of the nodes that answered',
      source: 'RL-B04; SPSCommerce/redlock-py#6',
      caughtBy: ['mutual-exclusion-belief', 'mutual-exclusion-grant', 'validity-at-return'],
      needs: ['partition'],
      rarity: 'medium',
    },
    lock: QuorumOfReachable,
  },
  {
    definition: {
      id: 'validity-never-checked',
      mutation: 'returns a lock however long it took to get it',
      source: 'RL-B05; mike-marcacci/node-redlock#296',
      caughtBy: ['validity-at-return'],
      needs: ['slow nodes'],
      rarity: 'easy',
    },
    lock: ValidityNeverChecked,
  },
  {
    definition: {
      id: 'clock-read-too-late',
      mutation: 'reads the start time after the nodes have answered',
      source: `RL-B06; ${redlockPage}, step 1`,
      caughtBy: ['validity-at-return', 'belief-within-grant'],
      needs: ['a slow node'],
      rarity: 'medium',
    },
    lock: ClockReadTooLate,
  },
  {
    definition: {
      id: 'no-drift-margin',
      mutation: 'subtracts nothing for clock drift',
      source: `RL-B07; seed document, RedLock step 3; ${redlockPage}`,
      caughtBy: ['belief-within-grant', 'validity-at-return'],
      needs: ['nodes whose clocks run fast', 'a hold up to the end'],
      rarity: 'hard',
    },
    lock: NoDriftMargin,
  },
  {
    definition: {
      id: 'wall-clock-for-validity',
      mutation: 'measures the time spent, and what is left, on the wall clock',
      source: 'RL-B08; Kleppmann 2016',
      caughtBy: ['belief-within-grant', 'validity-at-return', 'mutual-exclusion-belief'],
      needs: ["the client's clock is set back"],
      rarity: 'medium',
    },
    lock: WallClock,
  },
  {
    definition: {
      id: 'set-then-expire',
      mutation: 'sets the key and its time to live in two commands',
      source: 'RL-B17; laravel/horizon#1738, redis/redis-py#554',
      caughtBy: ['no-immortal-key'],
      needs: ['none'],
      rarity: 'easy',
    },
    lock: SetThenExpire,
  },
  {
    definition: {
      id: 'ttl-in-seconds',
      mutation: 'sends the time to live in seconds where milliseconds are meant',
      source: 'RL-B18; kent8192/reinhardt-web#736',
      caughtBy: ['validity-at-return'],
      needs: ['none'],
      rarity: 'easy',
    },
    lock: SecondsForMilliseconds,
  },
  {
    definition: {
      id: 'self-blocking-retry',
      mutation: 'retries with the value of the attempt before it',
      source: 'RL-B21; mike-marcacci/node-redlock#369',
      caughtBy: ['owner-only-release'],
      needs: ['contention'],
      rarity: 'easy',
    },
    lock: SelfBlockingRetry,
  },
  {
    definition: {
      id: 'no-jitter',
      mutation: 'all clients retry after the same pause',
      source: `RL-B23; ${redlockPage}, retry on failure`,
      caughtBy: ['coverage', 'liveness'],
      needs: ['contenders that start together on an even network'],
      rarity: 'medium',
    },
    lock: NoJitter,
  },
  {
    definition: {
      id: 'client-id-as-value',
      mutation: "locks with the client's name as the value",
      source: `RL-B24; ${redlockPage}`,
      caughtBy: ['owner-only-release'],
      needs: ['none'],
      rarity: 'medium',
    },
    lock: ClientIdAsValue,
  },
];
