import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';

import { integerReply } from '../../../src/protocols/redis/integers.ts';
import { RedisStore } from '../../../src/protocols/redis/store.ts';

const OVERFLOW = { error: 'ERR increment or decrement would overflow' };
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

function server(): (line: string) => unknown {
  const store = new RedisStore();
  return (line) => store.execute(line.split(' '), 1_000_000);
}

describe('a counter', () => {
  test.prop([int64, int64])('counts exactly up to 64 bits, and no further', (value, by) => {
    const run = server();
    run(`SET n ${value}`);
    const sum = value + by;
    const fits = BigInt.asIntN(64, sum) === sum;
    expect(run(`INCRBY n ${by}`)).toEqual(fits ? integerReply(sum) : OVERFLOW);
    expect(run('GET n')).toBe(String(fits ? sum : value));
  });

  it('tells by its digits what a number would round', () => {
    const run = server();
    run('SET n 9007199254740992');
    expect(run('INCR n')).toEqual({ integer: '9007199254740993' });
    expect(run('DECRBY n 3')).toBe(9_007_199_254_740_990);
  });

  it('refuses a decrement that has no opposite', () => {
    expect(server()('DECRBY n -9223372036854775808')).toEqual({
      error: 'ERR decrement would overflow',
    });
  });
});

describe('a string', () => {
  it('grows in bytes, and keeps its time to live', () => {
    const run = server();
    run('SETEX k 5 é');
    expect([run('APPEND k ～'), run('STRLEN k'), run('TTL k')]).toEqual([5, 5, 5]);
  });

  it('is set by SETNX only where nothing is', () => {
    const run = server();
    expect([run('SETNX k a'), run('SETNX k b'), run('GET k')]).toEqual([1, 0, 'a']);
  });

  it('goes with everything else at FLUSHALL', () => {
    const run = server();
    run('SET k v');
    run('RPUSH q a');
    expect(run('FLUSHALL sync')).toEqual({ simple: 'OK' });
    expect(run('EXISTS k q')).toBe(0);
    expect(run('FLUSHALL now')).toEqual({ error: 'ERR syntax error' });
  });
});
