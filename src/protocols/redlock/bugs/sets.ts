import type { RedisRequest } from '../../redis/index.ts';
import type { Lock } from '../lock.ts';
import { RedLock } from '../redlock.ts';
import type { PlantedBug } from './planted.ts';

class LocksTheFirstOnly extends RedLock {
  protected override setRequest(key: string, value: string): RedisRequest {
    return { type: 'Set', command: ['SET', key, value, 'NX', 'PX', this.ttlText()] };
  }
}

class ReleasesTheFirstOnly extends RedLock {
  protected override releaseRequest(key: string, value: string): RedisRequest {
    return { type: 'Release', command: ['EVALSHA', 'release', '1', key, value] };
  }
}

class ExtendsTheFirstOnly extends RedLock {
  protected override extendRequest({ key, grant }: Lock): RedisRequest {
    return { type: 'Extend', command: ['EVALSHA', 'extend', '1', key, grant, this.ttlText()] };
  }
}

const SOURCE = 'node-redlock, acquire(resources): every script is given all keys';
const setup = {
  serverNames: ['r1', 'r2', 'r3', 'r4', 'r5', 'store'],
  config: {
    alsoLocks: { x: ['y'], y: ['x'] },
    ttl: '1s',
    fence: 'quorum-max-writeback',
    judgeBelief: false,
  },
  nemesis: 'clients',
};

export const setBugs: readonly PlantedBug[] = [
  {
    definition: {
      id: 'locks-the-first-only',
      mutation: 'of several resources it locks the first and takes the others for locked',
      source: SOURCE,
      caughtBy: ['all-or-nothing'],
      needs: ['alsoLocks'],
      rarity: 'easy',
      setup,
    },
    lock: LocksTheFirstOnly,
  },
  {
    definition: {
      id: 'releases-the-first-only',
      mutation: 'of several resources it releases the first and leaves the others to expire',
      source: SOURCE,
      caughtBy: ['all-or-nothing'],
      needs: ['alsoLocks'],
      rarity: 'easy',
      setup,
    },
    lock: ReleasesTheFirstOnly,
  },
  {
    definition: {
      id: 'extends-the-first-only',
      mutation:
        'of several resources it extends the first, and the others run out under the holder',
      source: SOURCE,
      caughtBy: ['all-or-nothing', 'mutual-exclusion-grant', 'mutual-exclusion-belief'],
      needs: ['alsoLocks', 'extend: auto or watchdog', 'a hold longer than the ttl'],
      rarity: 'easy',
      setup: { ...setup, config: { ...setup.config, extend: 'watchdog', hold: ['1ms', '3s'] } },
    },
    lock: ExtendsTheFirstOnly,
  },
];
