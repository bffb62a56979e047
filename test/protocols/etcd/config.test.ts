import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/protocols/etcd/parse-config.ts';
import { ConfigError } from '../../../src/protocols/protocol.ts';
import { complaintOf } from '../complaint.ts';

it.each([
  ['weakEnsemble', {}, 3],
  ['weakEnsemble', {}, 5],
  ['ttl', { ttl: '100ms' }, 4],
  ['expiryCheck', { expiryCheck: '0s' }, 4],
  ['expiryCheck', { expiryCheck: '999us' }, 4],
  ['heartbeat', { heartbeat: '10us', electionTimeout: '20us', ttl: '30us' }, 4],
  ['acquireTimeout', { acquireTimeout: '0s' }, 4],
  ['resourceTimeout', { resourceTimeout: '0s' }, 4],
  ['resourceTimeout', { resourceTimeout: '1us' }, 4],
  ['requestTimeout', { requestTimeout: '0s' }, 4],
  ['requestTimeout', { requestTimeout: '999us' }, 4],
  ['requestTimeout', { requestTimeout: '4s', acquireTimeout: '3s' }, 4],
  ['leaseCounted', { leaseCounted: 'from-receipt' }, 4],
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

it('says of a period that is too short what it would do, and what is the least', () => {
  expect(complaintOf(() => parseConfig({ expiryCheck: '1us' }, 4))).toBe(
    'expiryCheck: a check every 0.001 ms fills the run with checks; write 500ms, or at least 1ms',
  );
});

it('says of a request that outlasts the acquire timeout both times', () => {
  expect(complaintOf(() => parseConfig({ requestTimeout: '61s' }, 4))).toBe(
    'requestTimeout: one request of 61000 ms would outlast the acquire timeout of 60000 ms; write at most 60000ms, or a longer acquireTimeout',
  );
});

it('takes the least of each, and an acquire timeout that is shorter than the default of a request', () => {
  const least = { expiryCheck: '1ms', heartbeat: '1ms', resourceTimeout: '1ms' };
  expect(complaintOf(() => parseConfig({ ...least, requestTimeout: '1ms' }, 4))).toBe('none');
  expect(complaintOf(() => parseConfig({ acquireTimeout: '100ms' }, 4))).toBe('none');
});

it('counts a lease from sending, and waits half a second for an answer, unless told otherwise', () => {
  expect(parseConfig({}, 4)).toMatchObject({
    leaseCounted: 'from-sending',
    requestTimeoutUs: 500_000,
  });
});
