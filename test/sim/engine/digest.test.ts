import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Digester } from '../../../src/sim/engine/digest.ts';

const plain = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.double({ noNaN: true }).map((value) => value + 0),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

describe('a digest', () => {
  it('is the same for equal data, whatever its digester has seen before', () => {
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 10 }), plain, (before, value) => {
        const used = new Digester();
        for (const other of before) used.of(other);
        const expected = new Digester().of(value);
        expect(used.of(structuredClone(value))).toBe(expected);
        expect(used.of(value)).toBe(expected);
        expect(expected | 0).toBe(expected);
      }),
    );
  });

  it('differs for different data', () => {
    const digester = new Digester();
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        // Field order counts, so equality is that of the text too; -0 is 0.
        fc.pre(!isDeepStrictEqual(a, b) && JSON.stringify(a) !== JSON.stringify(b));
        expect(digester.of(a)).not.toBe(digester.of(b));
      }),
      { seed: 20_260_101, numRuns: 2_000 },
    );
  });

  it('collides no more often over many near-equal messages than chance would have it', () => {
    const digester = new Digester();
    const seen = new Set<number>();
    let count = 0;
    for (let term = 0; term < 40; term += 1)
      for (let index = 0; index < 40; index += 1)
        for (let value = 0; value < 40; value += 1) {
          seen.add(digester.of({ type: 'Append', term, index, entries: [{ term, value }] }));
          count += 1;
        }
    // n^2 / 2^33 collisions are expected: 0.5 for 64,000.
    expect(count - seen.size).toBeLessThanOrEqual(8);
  });

  it.each<[unknown, unknown]>([
    [{ a: 1 }, { b: 1 }],
    [
      { a: 1, b: 2 },
      { a: 2, b: 1 },
    ],
    [{ a: { b: 1 } }, { a: 1, b: {} }],
    [
      [1, [2]],
      [[1], 2],
    ],
    [[], {}],
    [[1, 2], [[1, 2]]],
    [1, '1'],
    [true, 'true'],
    [null, undefined],
    [0, false],
    ['', []],
    [0.1, 0.2],
    [2 ** 40, 2 ** 41],
    [{ a: undefined }, {}],
    ['ab', 'ba'],
  ])('tells %j from %j', (a, b) => {
    const digester = new Digester();
    expect(digester.of(a)).not.toBe(digester.of(b));
  });

  it('is the same for every zero and for every not-a-number, however they came about', () => {
    const digester = new Digester();
    expect(digester.of(-0)).toBe(digester.of(0));
    const computed = new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n]).buffer)[0];
    expect(computed).toBeNaN();
    expect(digester.of(computed)).toBe(digester.of(NaN));
    expect(digester.of(Infinity - Infinity)).toBe(digester.of(NaN));
  });

  it('counts the content of maps and sets, in their order', () => {
    const digester = new Digester();
    expect(digester.of(new Map([['a', 1]]))).toBe(digester.of(new Map([['a', 1]])));
    expect(digester.of(new Map([['a', 1]]))).not.toBe(digester.of(new Map([['a', 2]])));
    expect(digester.of(new Set([1, 2]))).not.toBe(digester.of(new Set([2, 1])));
  });

  it('of a string does not depend on how many strings came before', () => {
    const busy = new Digester();
    const early = busy.ofString('value 0');
    for (let index = 0; index < 10_000; index += 1) {
      busy.ofString(`value ${index}`);
      if (index % 1_000 === 0) busy.ofString('asked again');
    }
    for (const text of ['value 9999', 'value 5000', 'value 0', 'asked again'])
      expect(busy.ofString(text)).toBe(new Digester().ofString(text));
    expect(busy.ofString('value 0')).toBe(early);
    expect(busy.ofString('')).toBe(new Digester().ofString(''));
  });

  it('has pinned values: they are part of every recorded hash', () => {
    const digester = new Digester();
    const values = [0, 1, -1, 1.5, 'a', '', true, null, [1, 2], { a: 1, b: 'x' }];
    expect(values.map((value) => (digester.of(value) >>> 0).toString(16))).toEqual(PINNED);
  });
});

const PINNED = [
  'c2e2168f',
  '3cf64c24',
  'b7321f06',
  '7278e4f0',
  'e40de134',
  '811c9dc5',
  '74727565',
  '4e554c4c',
  '534685cd',
  '933693e3',
];
