import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/saga/config.ts';
import { complaintOf } from '../complaint.ts';

describe('the configuration of sagas', () => {
  it.each([
    [{ retry: '0s' }, 3, /^retry: .*over before it begins/],
    [{ retry: '1s', retryMax: '10ms' }, 3, /^retryMax: .*shorter/],
    [{ tryTimeout: '1s' }, 3, /^tryTimeout: saga has no config key/],
    [{ globalLocks: true }, 3, /^globalLocks: .*taken back by images/],
    [{ fee: 1 }, 3, /^fee: .*taken back by images/],
    [{ undo: 'image', lockRetry: '0s' }, 3, /^lockRetry: .*over before it begins/],
    [{}, 1, /^topology: .*without services/],
  ])('refuses %j with %i servers', (input, servers, message) => {
    expect(complaintOf(() => parseConfig(input, servers))).toMatch(message);
  });
});
