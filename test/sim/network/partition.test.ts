import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  bridge,
  majorityRing,
  oneWay,
  onlyLinks,
  splitGroups,
  type Cuts,
} from '../../../src/sim/network/partition.ts';

/** Whom `node` still hears, itself included, in order. */
function heardBy(node: number, nodes: readonly number[], cuts: Cuts): number[] {
  return nodes.filter((from) => !cuts.some(([a, b]) => a === from && b === node));
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function isSymmetric(cuts: Cuts): boolean {
  return cuts.every(([a, b]) => cuts.some(([c, d]) => c === b && d === a));
}

describe('a partition', () => {
  it('into groups lets nobody hear another group; who is in no group hears everyone', () => {
    const cuts = splitGroups([[0, 1], [2], [3]]);
    expect(heardBy(0, numbers(5), cuts)).toEqual([0, 1, 4]);
    expect(heardBy(2, numbers(5), cuts)).toEqual([2, 4]);
    expect(heardBy(4, numbers(5), cuts)).toEqual([0, 1, 2, 3, 4]);
    expect(isSymmetric(cuts)).toBe(true);
    expect(cuts).toHaveLength(10);
  });

  it('one way cuts only that way', () => {
    expect(oneWay([0], [1, 2])).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  it('with a bridge has two halves that hear only each their own and the bridge', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 15 }), (count) => {
        const nodes = numbers(count);
        const cuts = bridge(nodes);
        const middle = Math.floor(count / 2);
        expect(heardBy(middle, nodes, cuts)).toEqual(nodes);
        for (const node of nodes.filter((one) => one !== middle)) {
          const side = nodes.filter(
            (other) => other < middle === node < middle && other !== middle,
          );
          expect(heardBy(node, nodes, cuts)).toEqual([...side, middle].sort((a, b) => a - b));
        }
        expect(isSymmetric(cuts)).toBe(true);
      }),
    );
  });

  it('as a majority ring lets every node hear a majority, and no two the same one', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 4, max: 25 })
          .chain((count) => fc.shuffledSubarray(numbers(count), { minLength: count })),
        (order) => {
          const cuts = majorityRing(order);
          const nodes = numbers(order.length);
          const heard = nodes.map((node) => heardBy(node, nodes, cuts));
          for (const [node, set] of heard.entries()) {
            expect(set).toContain(node);
            expect(set.length).toBeGreaterThan(order.length / 2);
            expect(set.length).toBeLessThan(order.length);
          }
          expect(new Set(heard.map(String)).size).toBe(order.length);
          expect(isSymmetric(cuts)).toBe(true);
        },
      ),
    );
  });

  it('that keeps only some links cuts all others, in both directions', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 8 })
          .chain((count) =>
            fc.tuple(
              fc.constant(count),
              fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 10 }),
            ),
          ),
        ([count, kept]) => {
          const nodes = numbers(count);
          const cuts = onlyLinks(nodes, kept);
          for (const a of nodes)
            for (const b of nodes) {
              const works =
                a === b || kept.some(([c, d]) => (c === a && d === b) || (c === b && d === a));
              expect(cuts.filter(([c, d]) => c === a && d === b)).toHaveLength(works ? 0 : 1);
            }
        },
      ),
    );
  });
});
