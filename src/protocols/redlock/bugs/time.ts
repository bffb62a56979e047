import type { RedisRequest } from '../../redis/index.ts';
import { RedLock } from '../redlock.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

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

class SecondsForMilliseconds extends RedLock {
  protected override setRequest(key: string, value: string): RedisRequest {
    const ttl = String(Math.max(1, Math.floor(this.ttlUs() / 1_000_000)));
    return { type: 'Set', command: ['SET', key, value, 'NX', 'PX', ttl] };
  }
}

/** The duration is taken for one in a greater unit when it is tried again. */
class LeaseRescaled extends RedLock {
  #tries = 0;

  protected override newValue(): string {
    this.#tries += 1;
    return super.newValue();
  }

  protected override ttlUs(): number {
    return super.ttlUs() * (this.#tries > 1 ? 1_000 : 1);
  }
}

/** The nodes are asked for a short lease, which is lengthened when all have been taken: by then the first may be over. */
class LeaseShorterThanAcquisition extends RedLock {
  protected override setRequest(key: string, value: string): RedisRequest {
    const leaseMs = String(Math.floor(this.config.nodeTimeoutUs / 1_000) + 1);
    const { type, command } = super.setRequest(key, value);
    return { type, command: [...command.slice(0, -1), leaseMs] };
  }

  protected override decide(...[attempt, ballot, then]: Parameters<RedLock['decide']>): void {
    const { key, value } = attempt;
    this.askAll({
      request: () => this.extendRequest({ key, grant: value }),
      isYes: () => true,
      then: () => {
        super.decide(attempt, ballot, then);
      },
    });
  }
}

const redlockPage = 'Redis documentation, Distributed Locks with Redis';

export const timeBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'validity-never-checked',
    'returns a lock however long it took to get it',
    'RL-B05; mike-marcacci/node-redlock#296',
    ['validity-at-return'],
    'slow nodes',
    'easy',
    { lock: ValidityNeverChecked },
  ),
  bug(
    'clock-read-too-late',
    'reads the start time after the nodes have answered',
    `RL-B06; ${redlockPage}, step 1`,
    ['validity-at-return', 'belief-within-grant'],
    'a slow node',
    'medium',
    { lock: ClockReadTooLate },
  ),
  bug(
    'no-drift-margin',
    'subtracts nothing for clock drift',
    `RL-B07; seed document, RedLock step 3; ${redlockPage}`,
    ['belief-within-grant', 'validity-at-return', 'mutual-exclusion-belief'],
    ['nodes whose clocks run fast', 'a hold up to the end'],
    'hard',
    { lock: NoDriftMargin },
  ),
  bug(
    'wall-clock-for-validity',
    'measures the time spent, and what is left, on the wall clock',
    'RL-B08; Kleppmann 2016',
    ['belief-within-grant', 'validity-at-return', 'mutual-exclusion-belief'],
    "the client's clock is set back",
    'medium',
    { lock: WallClock },
  ),
  bug(
    'ttl-in-seconds',
    'sends the time to live in seconds where milliseconds are meant',
    'RL-B18; kent8192/reinhardt-web#736',
    ['validity-at-return'],
    'none',
    'easy',
    { lock: SecondsForMilliseconds },
  ),
  bug(
    'lease-rescaled-per-retry',
    'converts the unit of the time to live again for every retry',
    'RL-B19 (derived); redisson RedissonMultiLock, unit.toMillis within the loop',
    ['no-immortal-key'],
    'contention',
    'easy',
    { lock: LeaseRescaled },
  ),
  bug(
    'lease-shorter-than-acquisition',
    'takes the nodes for a short lease and lengthens it when it has them all',
    'RL-B20; redisson/redisson#624, #2172',
    ['validity-at-return', 'belief-within-grant', 'mutual-exclusion-belief'],
    ['contact: sequential', 'a slow node'],
    'medium',
    { lock: LeaseShorterThanAcquisition },
  ),
];
