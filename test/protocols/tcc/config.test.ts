import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/tcc/config.ts';

describe('the configuration of TCC', () => {
  it('refuses a fence that forgets before the last message has arrived', () => {
    expect(() => parseConfig({ fenceRetention: '60s', messageLifetime: '60s' }, 3)).toThrow(
      /fenceRetention is not longer than messageLifetime and tryTimeout together/,
    );
    expect(parseConfig({ fenceRetention: '61s' }, 3).fenceRetentionUs).toBe(61_000_000);
  });

  it('refuses a database that fails every statement', () => {
    expect(() => parseConfig({ statementErrorPercent: 100 }, 3)).toThrow(
      /not a whole number from 0 to 99/,
    );
    expect(parseConfig({}, 3).statementErrorPercent).toBe(0);
  });

  it('refuses schedules that end before they begin, and a topology without services', () => {
    expect(() => parseConfig({ tryTimeout: '0s' }, 3)).toThrow(/over before it begins/);
    expect(() => parseConfig({ retry: '1s', retryMax: '10ms' }, 3)).toThrow(
      /shorter than the first/,
    );
    expect(() => parseConfig({}, 1)).toThrow(/without services/);
  });
});
