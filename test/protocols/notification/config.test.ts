import { describe, expect, it } from 'vitest';

import { parseConfig } from '../../../src/protocols/notification/config.ts';

describe('the configuration of notification', () => {
  it('refuses what cannot work', () => {
    expect(() => parseConfig({}, 2)).toThrow(/three servers, not 2/);
    expect(() => parseConfig({ schedule: [] }, 3)).toThrow(/not a list of durations/);
    expect(() => parseConfig({ schedule: ['0s', 'soon'] }, 3)).toThrow(/"soon", not a duration/);
    expect(() => parseConfig({ pollEvery: '0s' }, 3)).toThrow(/over before it begins/);
    expect(() => parseConfig({ storage: 'paper' }, 3)).toThrow(/storage is "paper"/);
  });
});
