import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  parseDurationUs,
  parsePercentPpm,
  writeDuration,
} from '../../src/scenario/units.ts';

describe('durations', () => {
  it.each([
    ['500us', 500],
    ['1.5ms', 1_500],
    ['2s', 2_000_000],
    ['1m', 60_000_000],
    ['-2s', -2_000_000],
    ['0.1us', 0],
  ])('%s is %d us', (text, us) => {
    expect(parseDurationUs(text)).toBe(us);
  });

  it('written and read back are exactly the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (us) => {
        expect(parseDurationUs(writeDuration(us)) + 0).toBe(us + 0);
      }),
    );
  });

  it('are written in the unit that people would take', () => {
    expect([0, 80, 1_000, 319_028, 2_000_000, 1_439_874, -1_500].map(writeDuration)).toEqual([
      '0us',
      '80us',
      '1ms',
      '319.028ms',
      '2s',
      '1.439874s',
      '-1.5ms',
    ]);
    expect([80, 12_500, 1_204_000].map(formatDuration)).toEqual(['80 us', '12.5 ms', '1.204 s']);
  });

  it('percentages are millionths', () => {
    expect(['5%', '0.1%', '100%'].map(parsePercentPpm)).toEqual([50_000, 1_000, 1_000_000]);
  });
});
