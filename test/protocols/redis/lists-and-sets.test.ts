import { describe, expect, it } from 'vitest';

import { RedisStore } from '../../../src/protocols/redis/store.ts';

const WRONG_TYPE = { error: 'WRONGTYPE Operation against a key holding the wrong kind of value' };

/** A store at a clock that the test sets, and commands as on a command line. */
function server() {
  const store = new RedisStore();
  let nowMs = 1_000_000;
  return {
    at: (ms: number) => {
      nowMs = 1_000_000 + ms;
    },
    run: (line: string) => store.execute(line.split(' '), nowMs),
  };
}

describe('a list', () => {
  it('goes with its last element, and its time to live with it', () => {
    const { run } = server();
    run('RPUSH q a b');
    run('PEXPIRE q 100');
    expect([run('LPOP q'), run('LPOP q'), run('EXISTS q')]).toEqual(['a', 'b', 0]);
    run('RPUSH q c');
    expect(run('PTTL q')).toBe(-1);
  });

  it('keeps its time to live when it changes, and is gone for every command when it is over', () => {
    const { at, run } = server();
    run('RPUSH q a');
    run('PEXPIRE q 100');
    run('RPUSH q b');
    expect(run('PTTL q')).toBe(100);
    at(100);
    expect([run('LLEN q'), run('LRANGE q 0 -1'), run('LPOP q')]).toEqual([0, [], null]);
  });

  it('loses equal elements from the front, from the end, or all', () => {
    const { run } = server();
    run('RPUSH q a b a b a');
    expect([run('LREM q 1 a'), run('LREM q -1 b'), run('LREM q 0 a')]).toEqual([1, 1, 2]);
    expect(run('LRANGE q 0 -1')).toEqual(['b']);
  });

  it('gives several from either end, and none for a count of 0', () => {
    const { run } = server();
    run('RPUSH q a b c d e');
    expect([run('LPOP q 2'), run('RPOP q 2'), run('LPOP q 0')]).toEqual([
      ['a', 'b'],
      ['e', 'd'],
      [],
    ]);
    expect([run('RPOP q 9'), run('RPOP q'), run('LPOP q 2')]).toEqual([['c'], null, null]);
    for (const count of ['-1', 'x'])
      expect(run(`LPOP q ${count}`)).toEqual({
        error: 'ERR value is out of range, must be positive',
      });
  });

  it('is refused by commands of other types, and SET replaces it', () => {
    const { run } = server();
    run('RPUSH q a');
    for (const line of ['GET q', 'INCR q', 'SET q x GET', 'ZADD q 1 a', 'ZSCORE q a'])
      expect(run(line)).toEqual(WRONG_TYPE);
    run('SET q x');
    expect(run('LLEN q')).toEqual(WRONG_TYPE);
  });
});

describe('a sorted set', () => {
  it('orders by score, then by member', () => {
    const { run } = server();
    expect(run('ZADD z 2 b 2 a 1 c -inf d')).toBe(4);
    expect(run('ZRANGE z 0 -1')).toEqual(['d', 'c', 'a', 'b']);
    expect(run('ZINCRBY z -1.5 b')).toBe('0.5');
    expect(run('ZRANGE z 1 2 WITHSCORES')).toEqual(['b', '0.5', 'c', '1']);
  });

  it('writes scores as C does with 17 digits', () => {
    const { run } = server();
    run('ZADD z 0.1 a 1e20 b 1700000000123 c 0.00001 d');
    expect(['a', 'b', 'c', 'd'].map((member) => run(`ZSCORE z ${member}`))).toEqual([
      '0.10000000000000001',
      '1e+20',
      '1700000000123',
      '1.0000000000000001e-05',
    ]);
  });

  it('takes nothing when one score is no number, and goes with its last member', () => {
    const { run } = server();
    expect(run('ZADD z 1 a x b')).toEqual({ error: 'ERR value is not a valid float' });
    expect(run('EXISTS z')).toBe(0);
    run('ZADD z 1 a');
    expect([run('ZREM z a b'), run('EXISTS z')]).toEqual([1, 0]);
  });
});

describe('ZADD with options', () => {
  it.each([
    ['NX 5 a 5 z', 1, '1'],
    ['XX 5 a 5 z', 0, '5'],
    ['XX CH 5 a 5 z', 1, '5'],
    ['GT 0 a', 0, '1'],
    ['GT CH 2 a', 1, '2'],
    ['LT CH 2 a', 0, '1'],
    ['INCR 2 a', '3', '3'],
    ['LT INCR 2 a', null, '1'],
    ['NX INCR 2 a', null, '1'],
  ])('after a has 1, ZADD s %s answers %s, and a has %s', (words, reply, score) => {
    const { run } = server();
    run('ZADD s 1 a');
    expect([run(`ZADD s ${words}`), run('ZSCORE s a')]).toEqual([reply, score]);
  });

  it.each([
    ['NX XX 1 a', 'ERR XX and NX options at the same time are not compatible'],
    ['GT NX 1 a', 'ERR GT, LT, and/or NX options at the same time are not compatible'],
    ['INCR 1 a 2 b', 'ERR INCR option supports a single increment-element pair'],
    ['NX CH', 'ERR syntax error'],
  ])('%s is refused', (words, error) => {
    expect(server().run(`ZADD s ${words}`)).toEqual({ error });
  });

  it('keeps a negative zero as 0, though ZINCRBY tells it', () => {
    const { run } = server();
    expect([run('ZINCRBY s -0 a'), run('ZSCORE s a')]).toEqual(['-0', '0']);
  });

  it('orders members of one score by their bytes, not by UTF-16', () => {
    const { run } = server();
    run('ZADD s 1 \u{1F600} 1 ～ 1 é 1 z');
    expect(run('ZRANGE s 0 -1')).toEqual(['z', 'é', '～', '\u{1F600}']);
  });
});

describe('the scripts of the fair lock', () => {
  /** Waiters with a lease of 1 s and a wait of 2 s. */
  function queue() {
    const { at, run } = server();
    return {
      at,
      ask: (waiter: string) => run(`EVAL fair-acquire 3 x q t ${waiter} 1000 2000`),
      release: (waiter: string) => run(`EVAL fair-release 3 x q t ${waiter} 2000`),
      extend: (waiter: string) => run(`EVAL fair-extend 3 x q t ${waiter} 1000 2000`),
      order: () => run('LRANGE q 0 -1'),
      timeouts: () => run('ZRANGE t 0 -1 WITHSCORES'),
    };
  }

  it('give the places of a queue, and the lock to its first one', () => {
    const { ask, release, order } = queue();
    expect(['a', 'b', 'c', 'b', 'a'].map(ask)).toEqual([0, 1, 2, 1, 0]);
    release('a');
    expect([ask('c'), ask('b'), ask('c')]).toEqual([2, 0, 1]);
    expect(order()).toEqual(['c']);
  });

  it('set the timeouts one wait apart, from the time at which the lock is free at the latest', () => {
    const { at, ask, release, timeouts } = queue();
    ['a', 'b', 'c'].forEach(ask);
    expect(timeouts()).toEqual(['b', '1003000', 'c', '1005000']);
    at(500);
    release('a');
    expect(timeouts()).toEqual(['b', '1002500', 'c', '1004500']);
    ask('b');
    expect(timeouts()).toEqual(['c', '1003500']);
  });

  it('drop the first one when its time is over, whoever asks', () => {
    const { at, ask, order } = queue();
    ['a', 'b', 'c', 'd'].forEach(ask);
    at(2_999);
    expect(ask('c')).toBe(2);
    at(3_000);
    expect(ask('c')).toBe(0);
    expect(order()).toEqual(['d']);
  });

  it('let a waiter leave, and give the next one its whole time', () => {
    const { at, ask, release, timeouts } = queue();
    ['a', 'b', 'c'].forEach(ask);
    at(2_900);
    expect([release('b'), release('b')]).toEqual([1, 0]);
    expect(timeouts()).toEqual(['c', '1004900']);
  });

  it('move the timeouts with a lock that is extended', () => {
    const { at, ask, extend, timeouts } = queue();
    ['a', 'b'].forEach(ask);
    at(900);
    expect([extend('b'), extend('a')]).toEqual([0, 1]);
    expect(timeouts()).toEqual(['b', '1003900']);
  });

  it('end at a command that fails, and answer with its error', () => {
    const { run } = server();
    run('RPUSH x a');
    expect(run('EVAL fair-acquire 3 x q t a 1000 2000')).toEqual(WRONG_TYPE);
  });
});
