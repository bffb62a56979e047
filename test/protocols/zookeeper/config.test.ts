import { expect, it } from 'vitest';

import { ConfigError } from '../../../src/protocols/protocol.ts';
import { parseConfig } from '../../../src/protocols/zookeeper/parse-config.ts';

it('has the documented defaults', () => {
  expect(parseConfig({}, 4)).toMatchObject({
    tickUs: 2_000_000,
    sessionTimeoutUs: 10_000_000,
    onSuspended: 'assume-lost',
  });
});

it.each([
  ['sessionTimeout', { sessionTimeout: '3s' }, 4],
  ['sessionTimeout', { sessionTimeout: '41s' }, 4],
  ['tick', { tick: '0s' }, 4],
  ['tick', {}, 1],
  ['resourceChecks', { resourceChecks: true }, 4],
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
