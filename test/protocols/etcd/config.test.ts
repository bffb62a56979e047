import { expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/etcd/parse-config.ts';
import { ConfigError } from '../../../src/protocols/protocol.ts';

it.each([
  ['weakEnsemble', {}, 3],
  ['weakEnsemble', {}, 5],
  ['ttl', { ttl: '100ms' }, 4],
  ['expiryCheck', { expiryCheck: '0s' }, 4],
  ['resourceChecks', { resourceChecks: true }, 4],
  ['tll', { tll: '9s' }, 4],
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
