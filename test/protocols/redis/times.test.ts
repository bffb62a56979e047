import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { RedisStore } from '../../../src/protocols/redis/store.ts';

const NOW_MS = 1_000_000;
const OK = { simple: 'OK' };
const MAX = 9_223_372_036_854_775_807n;
const invalid = (verb: string) => ({ error: `ERR invalid expire time in '${verb}' command` });

/** The replies of one new server to these lines. */
function replies(...lines: readonly string[]): readonly unknown[] {
  const store = new RedisStore();
  return lines.map((line) => store.execute(line.split(' '), NOW_MS));
}

describe('a time to live', () => {
  it.each([
    ['EX 5', 5_000],
    ['PX 5000', 5_000],
    ['EXAT 1005', 5_000],
    ['PXAT 1005000', 5_000],
    ['PX 10 PX 20', 20],
  ])('is given by SET and GETEX with %s', (option, leftMs) => {
    expect(replies(`SET k v ${option}`, 'PTTL k')).toEqual([OK, leftMs]);
    expect(replies('SET k v', `GETEX k ${option}`, 'PTTL k')).toEqual([OK, 'v', leftMs]);
  });

  it.each(['PX 5 EX 5', 'PX 5 KEEPTTL', 'EX', 'PERSIST'])(
    'is not given by SET with %s',
    (option) => {
      expect(replies(`SET k v ${option}`)).toEqual([{ error: 'ERR syntax error' }]);
    },
  );

  it('is told in ms and in s, from now and since 1970', () => {
    const lines = ['TTL k', 'PTTL k', 'EXPIRETIME k', 'PEXPIRETIME k'];
    expect(replies('PSETEX k 1500 v', ...lines)).toEqual([OK, 2, 1_500, 1_002, 1_001_500]);
    expect(replies('SET k v', ...lines)).toEqual([OK, -1, -1, -1, -1]);
    expect(replies(...lines)).toEqual([-2, -2, -2, -2]);
  });

  it('is taken away by GETEX PERSIST, GETSET and GETDEL with its key', () => {
    expect(replies('SETEX k 9 v', 'GETEX k PERSIST', 'PTTL k')).toEqual([OK, 'v', -1]);
    expect(replies('SETEX k 9 v', 'GETSET k w', 'PTTL k')).toEqual([OK, 'v', -1]);
    expect(replies('SETEX k 9 v', 'GETDEL k', 'EXISTS k')).toEqual([OK, 'v', 0]);
  });

  it('that is over by its date deletes at once', () => {
    expect(replies('SET k v', 'PEXPIREAT k 1000000', 'EXISTS k')).toEqual([OK, 1, 0]);
    expect(replies('SET k v', 'GETEX k PXAT 5', 'EXISTS k')).toEqual([OK, 'v', 0]);
    expect(replies('SET k v PXAT 5', 'EXISTS k')).toEqual([OK, 0]);
  });

  test.prop([fc.bigInt({ min: -MAX - 1n, max: MAX })])(
    'is refused by PEXPIRE only when now and it together are beyond 64 bits',
    (ms) => {
      const [, reply] = replies('SET k v', `PEXPIRE k ${ms}`);
      expect(reply).toEqual(ms > MAX - BigInt(NOW_MS) ? invalid('pexpire') : 1);
    },
  );

  test.prop([fc.bigInt({ min: 1n, max: MAX })])('is refused so by SET, in seconds too', (time) => {
    const ends = (ms: bigint): unknown => (ms + BigInt(NOW_MS) > MAX ? invalid('set') : OK);
    expect(replies(`SET k v PX ${time}`)).toEqual([ends(time)]);
    expect(replies(`SET k v EX ${time}`)).toEqual([ends(time * 1_000n)]);
  });

  it('may be as long as 64 bits hold', () => {
    expect(replies('SET k v PXAT 9223372036854775807', 'PEXPIRETIME k')).toEqual([
      OK,
      { integer: '9223372036854775807' },
    ]);
  });
});

describe('EXPIRE with a condition', () => {
  it.each([
    ['SET k v', 'NX', 1],
    ['SET k v', 'XX', 0],
    ['SET k v', 'GT', 0],
    ['SET k v', 'LT', 1],
    ['SETEX k 50 v', 'NX', 0],
    ['SETEX k 50 v', 'XX', 1],
    ['SETEX k 50 v', 'GT', 1],
    ['SETEX k 100 v', 'GT', 0],
    ['SETEX k 100 v', 'LT', 0],
    ['SETEX k 200 v', 'lt XX', 1],
  ])('after %s, EXPIRE k 100 %s answers %i', (before, condition, reply) => {
    expect(replies(before, `EXPIRE k 100 ${condition}`)).toEqual([OK, reply]);
  });

  it.each([
    ['NX GT', 'ERR NX and XX, GT or LT options at the same time are not compatible'],
    ['GT LT', 'ERR GT and LT options at the same time are not compatible'],
    ['What NX GT', 'ERR Unsupported option What'],
  ])('%s is refused', (conditions, error) => {
    expect(replies(`EXPIREAT k x ${conditions}`)).toEqual([{ error }]);
  });
});
