import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { hashOf, parseHash, type ViewState } from '../../src/page/app/state.ts';
import { panned, zoomed } from '../../src/page/app/view-window.ts';
import { Axis } from '../../src/page/layout/axis.ts';
import { arcBetween, onCircle } from '../../src/page/layout/circle.ts';
import { laneAt, layOutLanes, packRows } from '../../src/page/layout/lanes.ts';
import { ticksBetween, tickText } from '../../src/page/layout/ticks.ts';

const times = fc
  .array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 1, maxLength: 60 })
  .map((list) => Float64Array.from(list.sort((a, b) => a - b)));
const events = (count: number): Int32Array => Int32Array.from({ length: count }, (_, at) => at + 1);

describe('an axis', () => {
  property.prop([times, fc.constantFrom('time' as const, 'folded' as const, 'rank' as const)])(
    'keeps the order of rows and finds them again',
    (timeUs, mode) => {
      const axis = new Axis(mode, timeUs, events(timeUs.length), 5_000_000);
      for (let row = 1; row < timeUs.length; row += 1)
        expect(axis.ofRow(row)).toBeGreaterThanOrEqual(axis.ofRow(row - 1));
      for (let row = 0; row < timeUs.length; row += 1) {
        const found = axis.rowAt(axis.ofRow(row));
        expect(axis.ofRow(found)).toBe(axis.ofRow(row));
      }
    },
  );

  property.prop([times, fc.integer({ min: 0, max: 5_000_000 })])(
    'with folds knows what time stands at a place',
    (timeUs, us) => {
      const axis = new Axis('folded', timeUs, events(timeUs.length), 5_000_000);
      expect(axis.timeAt(axis.ofTime(us))).toBeCloseTo(us, 3);
    },
  );

  it('folds a long idle stretch and says how much of it', () => {
    const axis = new Axis('folded', Float64Array.of(0, 1000, 900_000), events(3), 1_000_000);
    expect(axis.folds.map(({ fromUs, toUs }) => [fromUs, toUs])).toEqual([
      [1000, 900_000],
      [900_000, 1_000_000],
    ]);
    expect(axis.end).toBeLessThan(20_000);
  });
});

describe('lanes', () => {
  const nodes = ['n1', 'n2', 'c1'].map((name) => ({
    name,
    kind: name.startsWith('c') ? ('client' as const) : ('server' as const),
  }));

  it('stand clients first, without overlap, and leave out hidden nodes', () => {
    const layout = layOutLanes(nodes, new Set(), 2, 400);
    expect(layout.lanes.map(({ node }) => node)).toEqual([2, 0, 1]);
    for (const [index, lane] of layout.lanes.entries()) {
      expect(laneAt(layout, lane.lineY)).toBe(lane);
      if (index > 0)
        expect(lane.top).toBe(layout.lanes[index - 1]!.top + layout.lanes[index - 1]!.height);
    }
    expect(layOutLanes(nodes, new Set([0]), 0, 400).byNode[0]).toBeUndefined();
  });

  property.prop([
    fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 20 }))),
  ])('of intervals never put one over another', (pairs) => {
    const intervals = pairs.map(([from, length]) => ({ from, to: from + length }));
    const rows = packRows(intervals);
    for (const [i, a] of intervals.entries())
      for (const [j, b] of intervals.entries())
        if (i < j && rows[i] === rows[j]) expect(a.to <= b.from || b.to <= a.from).toBe(true);
  });
});

describe('the stretch in view', () => {
  property.prop([
    fc.double({ min: 0, max: 900, noNaN: true }),
    fc.double({ min: 1, max: 100, noNaN: true }),
    fc.double({ min: -2000, max: 2000, noNaN: true }),
  ])('keeps its length and stays at the run when it is moved', (from, span, by) => {
    const moved = panned(from, from + span, by, 1000);
    expect(moved.to - moved.from).toBeCloseTo(span, 6);
    expect(moved.from).toBeGreaterThanOrEqual(-20 - 1e-6);
    expect(moved.to).toBeLessThanOrEqual(1020 + 1e-6);
  });

  it('zooms around a place that stays where it is', () => {
    const { from, to } = zoomed(400, 600, 450, 0.5, 1000);
    expect(to - from).toBeCloseTo(100);
    expect((450 - from) / (to - from)).toBeCloseTo(0.25);
  });
});

describe('the hash of a link', () => {
  const state: ViewState = {
    run: 0,
    cursor: 17,
    operation: 3,
    from: 100,
    to: 900,
    axis: 'rank',
    tab: 'metrics',
    hidden: new Set([1, 4]),
    filter: 'n1 kind:drop "#&=',
  };

  it('says everything that is needed to see the same again', () => {
    const hash = hashOf(state, (row) => `${row}.2`);
    const back = parseHash(hash, (event, offset) => event * 100 + offset);
    expect({ ...back, run: 0 }).toEqual({ ...state, cursor: 1702 });
  });

  property.prop([fc.string({ unit: 'binary' })])(
    'may be anything without breaking the page',
    (text) => {
      expect(parseHash(`#${text}`, () => 0)).toBeTypeOf('object');
    },
  );
});

describe('ticks', () => {
  it('are round, and written with the decimals they need', () => {
    expect(ticksBetween(0, 1_000_000, 5)).toEqual([
      0, 200_000, 400_000, 600_000, 800_000, 1_000_000,
    ]);
    expect(tickText(1_600_000, 200_000)).toBe('1.6 s');
    expect(tickText(2_000_000, 1_000_000)).toBe('2 s');
    expect(ticksBetween(5, 5, 4)).toEqual([]);
  });
});

describe('a cycle of transactions', () => {
  it('stands on a circle, with arcs that end outside the nodes', () => {
    const places = onCircle(3, { x: 0, y: 0 }, 100);
    for (const { x, y } of places) expect(Math.hypot(x, y)).toBeCloseTo(100);
    const { start, end } = arcBetween(places[0]!, places[1]!, 20);
    expect(Math.hypot(start.x - places[0]!.x, start.y - places[0]!.y)).toBeCloseTo(20);
    expect(Math.hypot(end.x - places[1]!.x, end.y - places[1]!.y)).toBeCloseTo(24);
  });
});
