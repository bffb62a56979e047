import { expect, it } from 'vitest';

import { ConfigError } from '../../../src/protocols/protocol.ts';
import { parseConfig } from '../../../src/protocols/zookeeper/parse-config.ts';

it('has the documented defaults', () => {
  expect(parseConfig({}, 4)).toMatchObject({
    tickUs: 2_000_000,
    sessionTimeoutUs: 10_000_000,
    onSuspended: 'assume-lost',
    downgrade: false,
    revokeAfterUs: null,
  });
});

it.each([
  ['30ms', 30_000],
  ['never', null],
])('knows when a holder is asked to let go: %s', (revokeAfter, us) => {
  expect(parseConfig({ revokeAfter }, 4).revokeAfterUs).toBe(us);
});

it.each([
  ['permits', { permits: 2 }, 4],
  ['watchWith', { watch: 'all', watchWith: 'exists' }, 4],
  ['fence', { fence: 'czxid', resourceChecks: false }, 4],
  ['sessionTimeout', { sessionTimeout: '3s' }, 4],
  ['sessionTimeout', { sessionTimeout: '41s' }, 4],
  ['tick', { tick: '0s' }, 4],
  ['tick', { tick: '1us', sessionTimeout: '10us' }, 4],
  ['heartbeat', { heartbeat: '1us' }, 4],
  ['acquireTimeout', { acquireTimeout: '999us' }, 4],
  ['resourceTimeout', { resourceTimeout: '0s' }, 4],
  ['reenter', { lock: 'semaphore', reenter: true }, 4],
  ['weakEnsemble', {}, 1],
  ['weakEnsemble', {}, 3],
  ['weakEnsemble', {}, 5],
  ['acquireTimeout', { acquireTimeout: '0s' }, 4],
  ['fence', { lock: 'read-write', fence: 'czxid' }, 4],
  ['fence', { lock: 'semaphore', fence: 'czxid' }, 4],
  ['watch', { lock: 'semaphore', watch: 'all' }, 4],
  ['permits', { permits: 0 }, 4],
  ['resourceChecks', { resourceChecks: true }, 4],
  ['downgrade', { downgrade: true }, 4],
  ['downgrade', { lock: 'semaphore', downgrade: true }, 4],
  ['downgrade', { lock: 'read-write', downgrade: true, reenter: true }, 4],
  ['revokeAfter', { revokeAfter: '0s' }, 4],
  ['revokeAfter', { revokeAfter: '1us' }, 4],
  ['revokeAfter', { revokeAfter: 30 }, 4],
  ['revokeAfter', { lock: 'semaphore', revokeAfter: '1s' }, 4],
  ['heartbeat', { heartbeat: '2s' }, 4],
  ['sesionTimeout', { sesionTimeout: '9s' }, 4],
])('refuses an unworkable %s with a reason and a fix', (key, input, servers) => {
  let thrown: unknown;
  try {
    parseConfig(input, servers);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConfigError);
  expect((thrown as ConfigError).key).toBe(key);
  expect((thrown as ConfigError).fix).not.toBe('');
});
