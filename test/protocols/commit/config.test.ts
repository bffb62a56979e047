import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/commit/config.ts';
import { complaintOf } from '../complaint.ts';

describe('the configuration of atomic commitment', () => {
  it('fills in every default', () => {
    const config = parseConfig({}, 3);
    expect(config.presume).toBe('abort');
    expect(Object.values(config).includes(undefined as never)).toBe(false);
  });

  it.each([
    [{ presume: 'maybe' }, /^presume: .*abort, nothing, commit/],
    [{ presumed: 'abort' }, /^presumed: .*no config key/],
    [{ voteTimeout: '0s' }, /^voteTimeout: .*over before it begins/],
    [{ voteTimeout: 300 }, /^voteTimeout: .*not a duration/],
    [{ decisionRetry: '1s', decisionRetryMax: '10ms' }, /^decisionRetryMax: .*shorter/],
    [{ lockTimeout: '2s' }, /^lockTimeout: .*longer than its transaction/],
    [{ balance: -1 }, /^balance: .*whole number/],
    [{ readOnlyVote: 1 }, /^readOnlyVote: .*switch/],
  ])('refuses %j', (input, message) => {
    expect(complaintOf(() => parseConfig(input, 3))).toMatch(message);
  });

  it('refuses a topology without a resource manager', () => {
    expect(complaintOf(() => parseConfig({}, 1))).toMatch(/at least two servers/);
  });
});
