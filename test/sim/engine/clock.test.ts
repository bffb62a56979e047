import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NodeClock } from '../../../src/sim/engine/clock.ts';

const changes = fc.array(
  fc.record({
    afterUs: fc.integer({ min: 0, max: 5_000_000 }),
    change: fc.oneof(
      fc.record({ step: fc.integer({ min: -10_000_000, max: 10_000_000 }) }),
      fc.record({ driftPpm: fc.integer({ min: -999_999, max: 1_000_000 }) }),
      fc.record({ frozen: fc.boolean() }),
    ),
  }),
  { maxLength: 30 },
);

describe('a node clock', () => {
  it('shows true time until something happens to it, the wall clock with its offset', () => {
    const clock = new NodeClock(250);
    expect([clock.wallUs(1_000), clock.monotonicUs(1_000)]).toEqual([1_250, 1_000]);
    expect(clock.nominal).toBe(true);
  });

  it('steps its wall clock either way, its monotonic clock never', () => {
    const clock = new NodeClock();
    clock.step(5_000);
    expect(clock.wallUs(100)).toBe(5_100);
    clock.step(-9_000);
    expect([clock.wallUs(100), clock.monotonicUs(100)]).toEqual([-3_900, 100]);
  });

  it('gains and loses by its drift on both clocks, and keeps what it gained', () => {
    const clock = new NodeClock();
    clock.setDrift(100_000, 1_000_000);
    expect([clock.wallUs(2_000_000), clock.monotonicUs(2_000_000)]).toEqual([2_100_000, 2_100_000]);
    clock.setDrift(-500_000, 2_000_000);
    expect(clock.monotonicUs(2_000_010)).toBe(2_100_005);
    clock.setDrift(0, 3_000_000);
    expect([clock.monotonicUs(3_000_000), clock.monotonicUs(3_000_001)]).toEqual([
      2_600_000, 2_600_001,
    ]);
  });

  it('stands still while frozen, and after the thaw goes on from there with its drift', () => {
    const clock = new NodeClock();
    clock.setDrift(1_000_000, 0);
    clock.setFrozen(true, 1_000);
    expect([clock.monotonicUs(50_000), clock.wallUs(50_000)]).toEqual([2_000, 2_000]);
    clock.setFrozen(false, 50_000);
    expect(clock.monotonicUs(50_100)).toBe(2_200);
  });

  it('never lets its monotonic clock go back, whatever happens', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const clock = new NodeClock();
        let nowUs = 0;
        let lastUs = 0;
        const look = (): void => {
          const readingUs = clock.monotonicUs(nowUs);
          expect(Number.isInteger(readingUs) && readingUs >= lastUs).toBe(true);
          lastUs = readingUs;
        };
        for (const { afterUs, change } of list) {
          nowUs += afterUs;
          look();
          if ('step' in change) clock.step(change.step);
          else if ('driftPpm' in change) clock.setDrift(change.driftPpm, nowUs);
          else clock.setFrozen(change.frozen, nowUs);
          look();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('knows the first true time at which a reading is reached', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -999_999, max: 1_000_000 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (driftPpm, startUs, delayUs) => {
          const clock = new NodeClock();
          clock.setDrift(driftPpm, startUs);
          const deadlineUs = clock.monotonicUs(startUs) + delayUs;
          const atUs = clock.trueTimeOf(deadlineUs, startUs);
          expect(clock.monotonicUs(atUs)).toBeGreaterThanOrEqual(deadlineUs);
          expect(clock.monotonicUs(atUs - 1)).toBeLessThan(deadlineUs);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('knows that a frozen clock never gets anywhere, and that what is past is now', () => {
    const clock = new NodeClock();
    clock.setFrozen(true, 100);
    expect(clock.trueTimeOf(101, 100)).toBe(Infinity);
    expect(clock.trueTimeOf(100, 700)).toBe(700);
  });

  it.each([-1_000_000, 1_000_001, 0.5, NaN])('refuses a drift of %d ppm', (ppm) => {
    expect(() => {
      new NodeClock().setDrift(ppm, 0);
    }).toThrow('expected a whole number in -999999..1000000');
  });
});
