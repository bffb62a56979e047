import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { align } from '../../../src/report/diff/align.ts';

const items = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 30 });

describe('align', () => {
  test.prop([items, items])('finds equal stretches, in the order of both lists', (a, b) => {
    let [endA, endB] = [0, 0];
    for (const stretch of align(a, b)) {
      expect(stretch.length).toBeGreaterThan(0);
      expect(stretch.a).toBeGreaterThanOrEqual(endA);
      expect(stretch.b).toBeGreaterThanOrEqual(endB);
      [endA, endB] = [stretch.a + stretch.length, stretch.b + stretch.length];
      expect(a.slice(stretch.a, endA)).toEqual(b.slice(stretch.b, endB));
    }
    expect(endA).toBeLessThanOrEqual(a.length);
    expect(endB).toBeLessThanOrEqual(b.length);
  });

  it('what was put in or taken out parts two stretches, nothing more', () => {
    const list = Array.from({ length: 100 }, (_, index) => String(index));
    const changed = [...list.slice(0, 40), 'new', 'newer', ...list.slice(45)];
    expect(align(list, changed)).toEqual([
      { a: 0, b: 0, length: 40 },
      { a: 45, b: 42, length: 55 },
    ]);
    expect(align(list, list)).toEqual([{ a: 0, b: 0, length: 100 }]);
    expect(align(list, [])).toEqual([]);
  });

  it('takes lists of 200,000 items', () => {
    const list = Array.from({ length: 200_000 }, (_, index) => String(index));
    expect(align(list, list.slice(1))).toEqual([{ a: 1, b: 0, length: 199_999 }]);
  });
});
