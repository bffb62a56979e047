import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/paxos-commit/config.ts';
import { complaintOf } from '../complaint.ts';

describe('the configuration of Paxos Commit', () => {
  it.each([
    [{ faults: 3 }, 9, /^faults: 3 is more/],
    [{ faults: -1 }, 9, /^faults: .*whole number/],
    [{ faults: 1 }, 3, /^topology: .*3 servers are a commit group of 3.*at least 4/],
    [{ takeoverTimeout: '0s' }, 6, /^takeoverTimeout: .*over before it begins/],
    [{ presume: 'commit' }, 6, /^presume: paxos-commit has no config key/],
    [{ lockTimeout: '5s' }, 6, /^lockTimeout: .*longer than its transaction/],
  ])('refuses %j with %i servers', (input, servers, message) => {
    expect(complaintOf(() => parseConfig(input, servers))).toMatch(message);
  });
});
