import { describe, expect, it } from 'vitest';

import { judgeFault } from '../../../src/campaign/locks/judge-fault.ts';
import { LOCK_FAULTS } from '../../../src/campaign/locks/lock-fault.ts';
import { LOCK_SCHEMES } from '../../../src/campaign/locks/scheme.ts';

const scheme = (id: string) => LOCK_SCHEMES.find((one) => one.id === id)!;
const fault = (id: string) => LOCK_FAULTS.find((one) => one.id === id)!;
const cell = (schemeId: string, faultId: string) => judgeFault(scheme(schemeId), fault(faultId));

describe('the smallest fault that breaks a lock', () => {
  it('is a pause of the lease, less what had passed of it', () => {
    const { smallest, overrunUs } = cell('redlock', 'pause');
    expect(smallest.grant).toBeNull();
    expect(smallest.belief).toBeGreaterThan(9_400_000);
    expect(smallest.belief).toBeLessThan(9_900_000);
    expect(overrunUs).toBeGreaterThan(5_000_000);
  });

  it('breaks no effect when tokens are checked', () => {
    expect(cell('redlock-fenced', 'pause').smallest.effect).toBeNull();
    expect(cell('redlock', 'pause').smallest.effect).not.toBeNull();
  });

  it('is the loss of one disk for RedLock, and none for ZooKeeper', () => {
    expect(cell('redlock', 'disk-loss').broken.grant).toBe(true);
    expect(cell('zookeeper', 'disk-loss').broken.grant).toBe(false);
  });

  it('is a fail-over right after the grant for an asynchronous replica', () => {
    expect(cell('redis-failover', 'server-kill').broken).toEqual({
      grant: true,
      belief: true,
      effect: true,
    });
  });
});

it.each(LOCK_SCHEMES.map(({ id }) => id))('without a fault nothing is broken: %s', (id) => {
  const harmless = { ...fault('pause'), most: 0, shown: 0 };
  const { broken, overrunUs } = judgeFault(scheme(id), harmless);
  expect(broken).toEqual({ grant: false, belief: false, effect: false });
  expect(overrunUs).toBe(0);
});
