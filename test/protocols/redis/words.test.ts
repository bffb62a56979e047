import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { floatOf, floatText, strtod } from '../../../src/protocols/redis/floats.ts';
import { integerOf, integerReply } from '../../../src/protocols/redis/integers.ts';
import { fromLua, luaNumber, toLua } from '../../../src/protocols/redis/lua-numbers.ts';
import { byteLength, compareBytes, firstBytes } from '../../../src/protocols/utf8.ts';

const text = fc.string({ unit: 'binary' });
const double = fc.double({ noNaN: true });

describe('bytes', () => {
  test.prop([text, text])('order texts as their UTF-8 does', (a, b) => {
    expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  });

  test.prop([text, fc.nat(20)])('are counted and cut as Buffer does', (word, most) => {
    const bytes = Buffer.from(word);
    expect(byteLength(word)).toBe(bytes.length);
    expect(firstBytes(word, most)).toBe(
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, most)),
    );
  });
});

describe('integers', () => {
  test.prop([fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n })])(
    'are read up to 64 bits',
    (value) => {
      expect(integerOf(String(value))).toBe(BigInt.asIntN(64, value) === value ? value : null);
    },
  );

  it.each(['', '-', '+1', '01', '-0', ' 1', '1 ', '1.0', '1e3', '0x1'])('are not %j', (word) => {
    expect(integerOf(word)).toBeNull();
  });

  it('are told exactly, by their digits where a number would round', () => {
    expect(integerReply(2n ** 53n - 1n)).toBe(Number.MAX_SAFE_INTEGER);
    expect(integerReply(2n ** 53n)).toEqual({ integer: '9007199254740992' });
    expect(integerReply(-(2n ** 63n))).toEqual({ integer: '-9223372036854775808' });
  });
});

describe('scores', () => {
  test.prop([double])('are read back as they are written', (score) => {
    expect(floatOf(floatText(score))).toBe(score);
  });

  it.each([
    ['0x10', 16],
    ['-0x1.8p1', -3],
    ['0x.8', 0.5],
    ['0x1p-1074', 5e-324],
    ['5.', 5],
    ['.5', 0.5],
    ['1e-310', 1e-310],
    ['0e-400', 0],
    ['+Infinity', Infinity],
  ])('%s is %d', (word, score) => {
    expect(floatOf(word)).toBe(score);
  });

  it.each(['1e400', '1e-400', '0x1p2000', '0x1p-1100', '0x', '0xg', '.', '1e', ' 1', '', 'nan'])(
    '%j is none',
    (word) => {
      expect(floatOf(word)).toBeNull();
    },
  );
});

describe('numbers in a script', () => {
  it('are read with space around them, and without the limits of a score', () => {
    expect([' 7 ', '\t8\n', '0x10', '1e400', 'x', '', undefined].map(luaNumber)).toEqual([
      ...[7, 8, 16, Infinity, null, null, null],
    ]);
    expect(strtod('nan')).toBeNaN();
  });

  it('are doubles inside, and cut to 64 bits on the way out', () => {
    expect(toLua({ integer: '9007199254740993' })).toBe(9_007_199_254_740_992);
    expect(fromLua(toLua({ integer: '9007199254740993' }))).toEqual({
      integer: '9007199254740992',
    });
    expect(fromLua([1.9, -1.9, -0, 'a', null])).toEqual([1, -1, 0, 'a', null]);
    const least = { integer: '-9223372036854775808' };
    expect(fromLua([2 ** 63, Infinity, -Infinity, NaN])).toEqual([least, least, least, least]);
  });
});
