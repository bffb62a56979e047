import { deflateRawSync, constants } from 'node:zlib';

import { test as property, fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { inflateRaw } from '../../src/page/data/inflate.ts';

describe('the inflate for browsers without DecompressionStream', () => {
  property.prop([
    fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }),
    fc.constantFrom(0, 1, 6, 9),
    fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY),
  ])('unpacks whatever zlib packs', (pieces, level, strategy) => {
    // Repeated pieces make zlib use distances, not only literals.
    const bytes = Buffer.concat([...pieces, ...pieces, ...pieces.toReversed()]);
    expect(Buffer.from(inflateRaw(deflateRawSync(bytes, { level, strategy }))).equals(bytes)).toBe(
      true,
    );
  });

  it('says that data is cut off', () => {
    const packed = deflateRawSync(Buffer.from('some text that is long enough '.repeat(20)));
    expect(() => inflateRaw(packed.subarray(0, packed.length - 4))).toThrow(/cut off|damaged/);
  });
});
