import { describe, expect, it } from 'vitest';

import { RangeSet } from '../../src/campaign/run/ranges.ts';
import {
  parseSeeds,
  parseShard,
  seedsOfLines,
  shardSeeds,
  type SeedList,
} from '../../src/campaign/run/seeds.ts';

const all = (seeds: SeedList): string[] =>
  Array.from({ length: seeds.count }, (_, position) => seeds.at(position));

describe('seeds', () => {
  it('are a number from 1, a range with both ends, or lines of a file', () => {
    expect(all(parseSeeds('3'))).toEqual(['1', '2', '3']);
    expect(all(parseSeeds('17..19'))).toEqual(['17', '18', '19']);
    expect(all(seedsOfLines('# mine\n a \n\n18446744073709551616\n', 's.txt'))).toEqual([
      'a',
      '18446744073709551616',
    ]);
  });

  it('lose no digits beyond 2^53', () => {
    expect(all(parseSeeds('0xffffffffffffffff..18446744073709551616'))).toEqual([
      '18446744073709551615',
      '18446744073709551616',
    ]);
  });

  it.each([
    ['9..3', 'an empty range; write the smaller end first, for example 3..9'],
    ['0', 'an empty range'],
    ['many', 'expected a number (500), a range (17..40'],
    ['1..', 'expected a number'],
  ])('%s is refused, with what was expected', (text, message) => {
    expect(() => parseSeeds(text)).toThrow(message);
  });

  it('of shards are disjoint and together all', () => {
    const seeds = parseSeeds('11..113');
    const shards = [1, 2, 3, 4, 5, 6, 7].map((index) => all(shardSeeds(seeds, { index, of: 7 })));
    expect(shards.flat()).toEqual(all(seeds));
  });

  it('refuse more shards than seeds', () => {
    expect(() => shardSeeds(parseSeeds('2'), { index: 1, of: 3 })).toThrow('too few for 3 shards');
  });

  it('take a shard from what an Indexed Job sets', () => {
    const env = { JOB_COMPLETION_INDEX: '2', SPLITBRAIN_SHARDS: '8' };
    expect(parseShard('env', env)).toEqual({ index: 3, of: 8 });
    expect(() => parseShard('env', {})).toThrow('JOB_COMPLETION_INDEX');
    expect(() => parseShard('9/8', {})).toThrow('i from 1 to n');
  });
});

describe('positions that are done', () => {
  it('are merged whatever the order, and leave the gaps to do', () => {
    const done = new RangeSet();
    for (const [from, to] of [
      [10, 12],
      [0, 3],
      [12, 20],
      [3, 5],
    ] as const)
      done.add(from, to);
    expect(done.ranges).toEqual([
      [0, 5],
      [10, 20],
    ]);
    expect(done.gap(0, 100, 30)).toEqual([5, 10]);
    expect(done.gap(10, 4, 30)).toEqual([20, 24]);
    expect(done.gap(20, 100, 30)).toEqual([20, 30]);
    expect(done.gap(30, 1, 30)).toBeNull();
  });
});
