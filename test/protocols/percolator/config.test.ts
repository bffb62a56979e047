import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/percolator/config.ts';
import { complaintOf } from '../complaint.ts';

describe('the configuration of Percolator', () => {
  it.each([
    [{ ttl: '200ms' }, 3, /^ttl: .*not longer than attemptTimeout/],
    [{ sweepEvery: '0s' }, 3, /^sweepEvery: .*over before it begins/],
    [{ window: 0 }, 3, /^window: .*at least 1/],
    [{ presume: 'abort' }, 3, /^presume: percolator has no config key/],
    [{}, 1, /^topology: .*without stores/],
  ])('refuses %j with %i servers', (input, servers, message) => {
    expect(complaintOf(() => parseConfig(input, servers))).toMatch(message);
  });
});
