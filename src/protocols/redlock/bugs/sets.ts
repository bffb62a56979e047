import type { RedisRequest } from '../../redis/index.ts';
import type { Lock } from '../lock.ts';
import { RedLock } from '../redlock.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { RedlockClasses } from '../classes.ts';

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

export const setBugs: readonly PlantedBug<RedlockClasses>[] = [
  bug(
    'locks-the-first-only',
    'of several resources it locks the first and takes the others for locked',
    SOURCE,
    ['all-or-nothing'],
    'alsoLocks',
    'easy',
    { lock: LocksTheFirstOnly },
    setup,
  ),
  bug(
    'releases-the-first-only',
    'of several resources it releases the first and leaves the others to expire',
    SOURCE,
    ['all-or-nothing'],
    'alsoLocks',
    'easy',
    { lock: ReleasesTheFirstOnly },
    setup,
  ),
  bug(
    'extends-the-first-only',
    'of several resources it extends the first, and the others run out under the holder',
    SOURCE,
    ['all-or-nothing', 'mutual-exclusion-grant', 'mutual-exclusion-belief'],
    ['alsoLocks', 'extend: auto or watchdog', 'a hold longer than the ttl'],
    'easy',
    { lock: ExtendsTheFirstOnly },
    { ...setup, config: { ...setup.config, extend: 'watchdog', hold: ['1ms', '3s'] } },
  ),
];
