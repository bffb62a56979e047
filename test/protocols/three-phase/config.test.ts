import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/three-phase/config.ts';
import { complaintOf } from '../complaint.ts';

describe('the configuration of three-phase commit', () => {
  it.each([
    [{ pollTimeout: '0s' }, 4, /^pollTimeout: .*over before it begins/],
    [{ terminationTimeout: '300ms' }, 4, /^terminationTimeout: .*still waits for votes/],
    [{ presume: 'abort' }, 4, /^presume: three-phase has no config key/],
    [{}, 1, /^topology: .*coordinator without resource managers/],
  ])('refuses %j with %i servers', (input, servers, message) => {
    expect(complaintOf(() => parseConfig(input, servers))).toMatch(message);
  });
});
