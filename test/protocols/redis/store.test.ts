import { describe, expect, it } from 'vitest';

import { RedisStore } from '../../../src/protocols/redis/store.ts';
import type { Effect } from '../../../src/protocols/redis/store.ts';

/** A store with a clock that stands where it is put, and commands written as on a command line. */
function server(): {
  at: (nowMs: number) => void;
  run: (line: string) => unknown;
  effects: Effect[];
} {
  const effects: Effect[] = [];
  const store = new RedisStore((effect) => effects.push(effect));
  let nowMs = 1_000_000;
  return {
    effects,
    at: (ms) => {
      nowMs = 1_000_000 + ms;
    },
    run: (line) => store.execute(line.split(' '), nowMs),
  };
}
const OK = { simple: 'OK' };

describe('SET', () => {
  it('with NX sets a free key and answers nil on a held one', () => {
    const { run } = server();
    expect(run('SET k a NX PX 100')).toEqual(OK);
    expect(run('SET k b NX PX 100')).toBeNull();
    expect(run('GET k')).toBe('a');
  });

  it('with XX sets only a key that is there', () => {
    const { run } = server();
    expect(run('SET k a XX')).toBeNull();
    run('SET k a');
    expect(run('SET k b XX')).toEqual(OK);
  });

  it('without PX takes the time to live away, unless KEEPTTL says otherwise', () => {
    const { run } = server();
    run('SET k a PX 100');
    run('SET k b KEEPTTL');
    expect(run('PTTL k')).toBe(100);
    run('SET k b XX');
    expect(run('PTTL k')).toBe(-1);
  });

  it('with GET answers the old value, whether or not it set', () => {
    const { run } = server();
    expect(run('SET k a GET')).toBeNull();
    expect(run('SET k b NX GET')).toBe('a');
    expect(run('GET k')).toBe('a');
  });

  it.each(['0', '-5'])('refuses PX %s', (ttl) => {
    expect(server().run(`SET k a PX ${ttl}`)).toEqual({
      error: "ERR invalid expire time in 'set' command",
    });
  });

  it.each(['SET k a NX XX', 'SET k a PX', 'SET k a PX 10 KEEPTTL', 'SET k a WHAT'])(
    'calls %s a syntax error',
    (line) => {
      expect(server().run(line)).toEqual({ error: 'ERR syntax error' });
    },
  );

  it('wants a whole number of milliseconds', () => {
    expect(server().run('SET k a PX 1.5')).toEqual({
      error: 'ERR value is not an integer or out of range',
    });
  });
});

describe('expiry', () => {
  it('hides a key from every command as soon as the wall clock reaches its deadline', () => {
    const { at, run } = server();
    run('SET k a PX 100');
    at(99);
    expect(run('PTTL k')).toBe(1);
    at(100);
    expect(run('GET k')).toBeNull();
    expect(run('PTTL k')).toBe(-2);
    expect(run('EXISTS k')).toBe(0);
    expect(run('DEL k')).toBe(0);
  });

  it('that is noticed is logged as a removal, so that a restart does not bring the key back', () => {
    const { at, run, effects } = server();
    run('SET k a PX 100');
    at(150);
    run('GET k');
    expect(effects.at(-1)).toEqual({ op: 'del', key: 'k', why: 'expired' });
  });

  it('moves with PEXPIRE, which never creates a key and deletes with a time of 0', () => {
    const { run } = server();
    expect(run('PEXPIRE k 100')).toBe(0);
    run('SET k a');
    expect(run('PEXPIRE k 100')).toBe(1);
    expect(run('PTTL k')).toBe(100);
    expect(run('PEXPIRE k 0')).toBe(1);
    expect(run('EXISTS k')).toBe(0);
  });
});

describe('the scripts', () => {
  it('release deletes only what holds the value', () => {
    const { run } = server();
    run('SET k a PX 100');
    expect(run('EVAL release 1 k b')).toBe(0);
    expect(run('EVAL release 1 k a')).toBe(1);
    expect(run('EXISTS k')).toBe(0);
  });

  it('extend renews only what holds the value, and creates nothing', () => {
    const { run } = server();
    expect(run('EVAL extend 1 k a 100')).toBe(0);
    run('SET k a PX 100');
    expect(run('EVAL extend 1 k b 900')).toBe(0);
    expect(run('EVAL extend 1 k a 900')).toBe(1);
    expect(run('PTTL k')).toBe(900);
    expect(run('EXISTS k')).toBe(1);
  });

  it('fence never lowers a counter', () => {
    const { run } = server();
    expect(run('EVAL fence 1 f 7')).toBe(7);
    expect(run('EVAL fence 1 f 3')).toBe(7);
  });

  it('are unknown to EVALSHA until they have been seen once', () => {
    const { run } = server();
    expect(run('EVALSHA release 1 k a')).toEqual({
      error: 'NOSCRIPT No matching script. Please use EVAL.',
    });
    run('EVAL release 1 k a');
    expect(run('EVALSHA release 1 k a')).toBe(0);
  });
});

describe('INCR', () => {
  it('counts from 0, keeps the time to live, and refuses what is no 64-bit integer', () => {
    const { run } = server();
    expect(run('INCR n')).toBe(1);
    run('PEXPIRE n 100');
    expect(run('INCR n')).toBe(2);
    expect(run('PTTL n')).toBe(100);
    run('SET n 01');
    expect(run('INCR n')).toEqual({ error: 'ERR value is not an integer or out of range' });
    run('SET n 9223372036854775807');
    expect(run('INCR n')).toEqual({ error: 'ERR increment or decrement would overflow' });
  });
});

it('an unknown command is refused as Redis does', () => {
  expect(server().run('WHAT a b')).toEqual({
    error: "ERR unknown command 'WHAT', with args beginning with: 'a' 'b' ",
  });
});
