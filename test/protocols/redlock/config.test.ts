import { describe, expect, it } from 'vitest';

import { ConfigError } from '../../../src/protocols/protocol.ts';
import { driftOf, quorumOf } from '../../../src/protocols/redlock/config.ts';
import { parseConfig } from '../../../src/protocols/redlock/parse-config.ts';

function refusal(input: Record<string, unknown>, servers = 6): ConfigError {
  try {
    parseConfig(input, servers);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('the configuration of RedLock', () => {
  it('has the documented defaults', () => {
    const config = parseConfig({}, 6);
    expect(config).toMatchObject({ nodes: 5, ttlUs: 10_000_000, nodeTimeoutUs: 50_000 });
    expect(driftOf(config)).toBe(102_000);
  });

  it('counts a majority of all nodes', () => {
    expect([3, 4, 5].map(quorumOf)).toEqual([2, 3, 3]);
  });

  it('explains why fewer than three nodes, or an even number, are no good, and takes them when told to', () => {
    expect(refusal({}, 3).message).toContain('tolerate no failure');
    expect(refusal({}, 5).message).toContain('split its votes');
    expect(refusal({}, 3).fix).toContain('servers: 4 for 3 Redis servers');
    expect(refusal({}, 5).fix).toContain('servers: 6 for 5 Redis servers, or set allowEven: true');
    expect(parseConfig({ allowEven: true }, 5).nodes).toBe(4);
  });

  it('wants a waiter of a fair lock to be able to ask again before it is dropped', () => {
    const fair = { fair: true, allowEven: true };
    expect(refusal({ ...fair, fairWait: '350ms' }, 2).key).toBe('fairWait');
    expect(parseConfig({ ...fair, fairWait: '351ms' }, 2).fair).toBe(true);
  });

  it('takes several locks at once only where that is one script, and each of them once', () => {
    expect(parseConfig({ alsoLocks: { x: ['y', 'z'] } }, 6).alsoLocks).toEqual({ x: ['y', 'z'] });
    expect(refusal({ alsoLocks: { x: ['x'] } }).message).toContain('twice');
    expect(refusal({ alsoLocks: { x: ['y', 'y'] } }).fix).toContain('once');
    expect(refusal({ alsoLocks: { x: 'y' } }).fix).toBe('write { x: [y, z] }');
    expect(refusal({ alsoLocks: { x: ['y'] }, wait: 'notify' }).message).toContain('one lock');
    const fair = { fair: true, allowEven: true };
    expect(refusal({ ...fair, alsoLocks: { x: ['y'] } }, 2).message).toContain('queue');
  });

  it('lets nobody wait to be told by a pair whose replica knows no listeners', () => {
    const refused = refusal({ wait: 'notify', replication: 'async' }, 3);
    expect(refused.key).toBe('wait');
    expect(refused.fix).toContain('wait: poll');
  });

  it('says what a range is when one is empty, and by how much a period is too short', () => {
    expect(refusal({ hold: [] })).toMatchObject({
      message: 'hold is []',
      fix: 'write [shortest, longest]',
    });
    expect(refusal({ replication: 'async', failoverAfter: '2ms' }, 3).message).toBe(
      'failoverAfter is "2ms", less than the 3 ms that it must be',
    );
  });

  it('knows nothing by a name that nobody has written, even if every object has it', () => {
    const { alsoLocks, holdsUs } = parseConfig({ alsoLocks: { x: ['y'] }, holds: { c1: '1s' } }, 6);
    expect(alsoLocks['constructor']).toBeUndefined();
    expect(holdsUs['constructor']).toBeUndefined();
  });

  it.each([
    ['ttl', { ttl: '50ms' }],
    ['driftPpm', { ttl: '60ms', driftConst: '60ms' }],
    ['retryJitter', { retryDelay: '10ms' }],
    ['resourceChecks', { resourceChecks: true }],
    ['fence', { fence: 'quorum-max-writeback', resourceChecks: false }],
    ['fence', { fence: 'single-node-incr', aof: 'off' }],
    ['fence', { fence: 'single-node-incr', aof: 'no' }],
    ['fence', { fence: 'single-node-incr', aof: 'everysec' }],
    ['fairWait', { fairWait: '9s' }],
    ['maxExtensions', { maxExtensions: 3 }],
    ['extendThreshold', { extend: 'watchdog', extendThreshold: '1s' }],
    ['replicationDelay', { replicationDelay: '1s' }],
    ['failoverAfter', { failoverAfter: '1s' }],
    ['ttl', { ttl: null }],
    ['ttl', { ttl: '99999999999999999999s' }],
    ['nodeTimeout', { nodeTimeout: '0ms' }],
    ['extendThreshold', { extend: 'auto', extendThreshold: '10s' }],
    ['replication', { replication: 'async' }],
    ['aof', { aof: 'sometimes' }],
    ['hold', { hold: ['2s', '1s'] }],
    ['ttl', { ttl: '999us', nodeTimeout: '500us', driftConst: '0ms' }],
    ['activeExpiry', { activeExpiry: '0s' }],
    ['resourceTimeout', { resourceTimeout: '0s' }],
    ['alsoLocks', { alsoLocks: { x: ['fence:x'] } }],
    ['holds', { holds: { c1: 9 } }],
    ['fair', { fair: true }],
    ['ttll', { ttll: '1s' }],
  ])('refuses an unworkable %s with a reason and a fix', (key, input) => {
    const error = refusal(input);
    expect(error.key).toBe(key);
    expect(error.fix).not.toBe('');
  });
});
