import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/protocols/etcd/parse-config.ts';
import { ConfigError } from '../../../src/protocols/protocol.ts';
import { complaintOf } from '../complaint.ts';

it.each([
  ['weakEnsemble', {}, 3],
  ['weakEnsemble', {}, 5],
  ['ttl', { ttl: '100ms' }, 4],
  ['expiryCheck', { expiryCheck: '0s' }, 4],
  ['lockDelay', { lockDelay: '61s' }, 4],
  ['resourceChecks', { resourceChecks: true }, 4],
  ['fence', { fence: 'revision', resourceChecks: false }, 4],
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

it('knows no lock-delay unless asked, and takes one of up to a minute', () => {
  expect(parseConfig({}, 4).lockDelayUs).toBe(0);
  expect(parseConfig({ lockDelay: '60s' }, 4).lockDelayUs).toBe(60_000_000);
});

it('names the bound of a lock-delay, and why', () => {
  expect(complaintOf(() => parseConfig({ lockDelay: '90s' }, 4))).toBe(
    "lockDelay: with a lock-delay of 90 s one dead holder keeps its lock from everybody for longer than Chubby's bound of a minute; write at most 60s",
  );
});
