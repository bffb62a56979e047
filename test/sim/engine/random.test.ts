import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RandomStream, RandomStreams } from '../../../src/sim/engine/random.ts';

/** Pinned for ever: if one moves, every recorded seed means another run. */
const GOLDEN: readonly (readonly [seed: string, name: string, values: readonly number[]])[] = [
  ['1', 'network/n1>n2/latency', [176152, 840250, 99952, 917202, 108881, 197380]],
  ['1', 'network/n2>n1/latency', [978313, 918725, 232111, 761571, 207589, 838980]],
  ['1', 'node/n1/election', [89708, 505890, 299106, 417011, 931765, 988754]],
  ['9007199254740993', 'node/n1/election', [946642, 520046, 230173, 20827, 528281, 673892]],
  ['a seed in words', 'engine/ties/order', [816940, 845689, 706203, 588787, 956368, 316004]],
  ['', 'faults/f1/target', [66622, 325835, 865570, 159753, 405300, 75166]],
];

describe('named random streams', () => {
  it.each(GOLDEN)('seed %s, stream %s: the pinned values', (seed, name, values) => {
    const stream = new RandomStreams(seed).get(name);
    expect(values.map(() => stream.below(1_000_000))).toEqual(values);
  });

  it('give the same draws however much other streams are used in between', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 2 ** 32 })), {
          maxLength: 60,
        }),
        (seed, others) => {
          const alone = new RandomStreams(seed).get('network/n1>n2/latency');
          const crowd = new RandomStreams(seed);
          for (const [name, bound] of others) {
            crowd.get(name).below(bound);
            expect(crowd.get('network/n1>n2/latency').below(1_000)).toBe(alone.below(1_000));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('differ by name and by seed', () => {
    const draws = (seed: string, name: string): string => {
      const stream = new RandomStream(seed, name);
      return Array.from({ length: 4 }, () => stream.below(2 ** 32)).join(' ');
    };
    const all = ['1', '2', '9007199254740993'].flatMap((seed) =>
      ['node/n1/election', 'node/n2/election', 'network/n1>n2/loss'].map((name) =>
        draws(seed, name),
      ),
    );
    expect(new Set(all).size).toBe(9);
  });

  it('are the same object at every use and are listed in code-unit order', () => {
    const streams = new RandomStreams('s');
    const b = streams.get('b');
    streams.get('a');
    streams.get('B');
    expect(streams.get('b')).toBe(b);
    expect(streams.used().map(({ name }) => name)).toEqual(['B', 'a', 'b']);
  });

  it('count every draw, by stream and in all', () => {
    const streams = new RandomStreams('s');
    const a = streams.get('a');
    a.below(2 ** 32);
    a.between(3, 9);
    a.chance(500_000);
    a.pick([1, 2, 3]);
    // Fisher-Yates over four elements draws three times.
    streams.get('b').shuffle([1, 2, 3, 4]);
    expect([a.draws, streams.get('b').draws, streams.tally.draws]).toEqual([4, 3, 7]);
  });

  it('stay within their bounds', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 2 ** 32 }),
        fc.integer({ min: -1_000, max: 1_000 }),
        (seed, bound, low) => {
          const stream = new RandomStream(seed, 'x');
          const below = stream.below(bound);
          expect(Number.isInteger(below) && below >= 0 && below < bound).toBe(true);
          const between = stream.between(low, low + bound - 1);
          expect(between >= low && between < low + bound).toBe(true);
        },
      ),
    );
  });

  it('shuffle to a permutation, pick uniformly, and take a chance as often as asked', () => {
    const stream = new RandomStream('s', 'x');
    const counts = new Map<number, number>();
    let hits = 0;
    for (let round = 0; round < 6_000; round += 1) {
      const picked = stream.pick([0, 1, 2]);
      counts.set(picked, (counts.get(picked) ?? 0) + 1);
      if (stream.chance(250_000)) hits += 1;
    }
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(150);
    expect(Math.abs(hits - 1_500)).toBeLessThan(135);
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(stream.shuffle(items).sort((a, b) => a - b)).toEqual(items);
    expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(stream.chance(0)).toBe(false);
    expect(stream.chance(1_000_000)).toBe(true);
  });

  it('say which stream was asked to pick from nothing', () => {
    expect(() => new RandomStream('s', 'faults/f1/target').pick([])).toThrow(
      'stream faults/f1/target: pick from an empty list',
    );
  });
});
