import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/notification/config.ts';
import { complaintOf } from '../complaint.ts';

/** What a `config:` section is refused with: place, reason, fix. */
function complaint(input: Readonly<Record<string, unknown>>, servers = 3): string {
  return complaintOf(() => parseConfig(input, servers));
}

const SHARED = { storage: 'shared', notifiers: 2, receivers: 2 };

describe('the configuration of notification', () => {
  it('is complete without a word, for A, one notifier and one B', () => {
    expect(complaint({})).toBe('none');
    const { jitter, clockDrift, notifiers, receivers } = parseConfig({}, 3);
    expect({ jitter, clockDrift, notifiers, receivers }).toEqual({
      jitter: 0.1,
      clockDrift: 0.1,
      notifiers: 1,
      receivers: 1,
    });
  });

  it('refuses what is no value of its key', () => {
    expect(complaint({ schedule: [] })).toMatch(/not a list of durations/);
    expect(complaint({ schedule: ['0s', 'soon'] })).toMatch(/"soon", not a duration/);
    expect(complaint({ schedule: ['0s', '-1s'] })).toMatch(/"-1s", not a duration/);
    expect(complaint({ storage: 'paper' })).toMatch(/storage is "paper"/);
    expect(complaint({ receivers: 0 })).toMatch(/^receivers: receivers is 0.* from 1 to 4; write/);
    expect(complaint({ receivers: 5 })).toMatch(/from 1 to 4/);
    expect(complaint({ notifiers: 0 })).toMatch(/^notifiers: notifiers is 0.* from 1 to 3; write/);
    expect(complaint({ notifiers: 4 })).toMatch(/from 1 to 3/);
  });

  it.each([
    'callTimeout',
    'claimLease',
    'pollEvery',
    'republish',
    'operationTimeout',
    'attemptTimeout',
  ])('refuses a %s of 0s', (key) => {
    expect(complaint({ [key]: '0s' })).toBe(
      `${key}: ${key} is over before it begins; write more than 0s`,
    );
  });

  it('refuses a schedule that ends before it begins: a repetition without a pause', () => {
    expect(complaint({ schedule: ['15s', '0s'] })).toMatch(
      /^schedule: call 2 comes without a pause after call 1: .*; write 0s only before the first call/,
    );
    expect(complaint({ schedule: ['0s', '15s', '0s'] })).toMatch(/call 3 comes without a pause/);
    expect(complaint({ schedule: ['0s'] })).toBe('none');
    expect(complaint({ schedule: ['0s', '15s', '15s', '5s'] })).toBe('none');
  });

  it.each(['jitter', 'clockDrift'])('refuses a %s that is no share', (key) => {
    for (const value of [-0.1, 1, 2, '10%', Number.NaN])
      expect(complaint({ [key]: value })).toMatch(
        new RegExp(`^${key}: ${key} is .*, not a share from 0 to less than 1; write a number`),
      );
    expect(complaint({ [key]: 0 })).toBe('none');
  });

  it('refuses several notifiers with a table each', () => {
    for (const storage of ['db', 'memory'])
      expect(complaint({ notifiers: 2, storage }, 4)).toMatch(
        /^notifiers: 2 notifiers with a table each: .*; write `storage: shared`/,
      );
    expect(complaint({ storage: 'shared' }, 4)).toBe('none');
  });

  it('refuses a lease that may run out while its call is waited for, wrong clocks included', () => {
    const shared = { ...SHARED, callTimeout: '200ms' };
    expect(complaint({ ...shared, claimLease: '200ms' }, 6)).toMatch(
      /^claimLease: a claim of 200ms may run out .*; write at least 246ms, or a shorter callTimeout/,
    );
    expect(complaint({ ...shared, claimLease: '240ms' }, 6)).toMatch(/^claimLease/);
    expect(complaint({ ...shared, claimLease: '246ms' }, 6)).toBe('none');
    expect(complaint({ ...shared, claimLease: '210ms', clockDrift: 0 }, 6)).toBe('none');
  });

  it('refuses another number of servers, and says who they are', () => {
    expect(complaint({}, 2)).toBe(
      'topology: notification has 3 servers with this configuration, not 2; name them in this order: A, the notifier, B',
    );
    expect(complaint(SHARED, 3)).toMatch(
      /has 6 servers .*, not 3; .*: A, the database, the 2 notifiers, the 2 receivers/,
    );
    expect(complaint({ receivers: 3 }, 5)).toBe('none');
  });
});
