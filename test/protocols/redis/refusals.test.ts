import { describe, expect, it } from 'vitest';

import { RedisStore } from '../../../src/protocols/redis/store.ts';
import { OneRedis } from './one-redis.ts';

const notModelled = (what: string) => ({
  error: `ERR the simulated server does not model ${what}`,
});

function reply(...command: readonly string[]): unknown {
  return new RedisStore().execute(command, 1_000_000);
}

describe('what a real server does and this one does not', () => {
  it.each([
    ['HSET k a 1', 'HSET'],
    ['multi', 'MULTI'],
    ['ZRANGE k 0 -1 REV', 'ZRANGE with REV'],
    ['ZRANGE k 0 5 withscores byscore', 'ZRANGE with BYSCORE'],
    ['SCRIPT exists a', 'SCRIPT EXISTS'],
    ['SCRIPT LOAD toString', 'Lua: it knows scripts by their name'],
    ['EVAL __proto__ 0', 'Lua: it knows scripts by their name'],
  ])('%s is called not modelled', (line, what) => {
    expect(reply(...line.split(' '))).toEqual(notModelled(what));
  });

  it.each([
    ['SUBSCRIBE a b', 'SUBSCRIBE with more than one channel'],
    ['UNSUBSCRIBE a b', 'UNSUBSCRIBE with more than one channel'],
    ['UNSUBSCRIBE', 'UNSUBSCRIBE from all channels'],
  ])('%s is too', (line, what) => {
    expect(new OneRedis().send(line)).toEqual(notModelled(what));
  });
});

describe('what a real server refuses too', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    '%s is no command, though every object has it',
    (word) => {
      const error = `ERR unknown command '${word}', with args beginning with: `;
      expect(reply(word)).toEqual({ error });
    },
  );

  it('repeats 128 bytes of a name, and as many of the arguments', () => {
    expect(reply('é'.repeat(100), 'a'.repeat(100), 'b'.repeat(100), 'c')).toEqual({
      error: `ERR unknown command '${'é'.repeat(64)}', with args beginning with: '${'a'.repeat(100)}' '${'b'.repeat(25)}' `,
    });
  });

  it('puts no line break into an error, and ends a word where C does', () => {
    expect(reply('a\r\nb', 'c\0d')).toEqual({
      error: "ERR unknown command 'a  b', with args beginning with: 'c' ",
    });
  });

  it.each([
    ['abc', 'ERR value is not an integer or out of range'],
    ['1.5', 'ERR value is not an integer or out of range'],
    ['-1', "ERR Number of keys can't be negative"],
    ['3', "ERR Number of keys can't be greater than number of args"],
  ])('EVAL with %s keys', (count, error) => {
    expect(reply('EVAL', 'release', count, 'k', 'v')).toEqual({ error });
  });

  it.each(['PING a b', 'TIME x', 'LPOP k 1 2', 'GETDEL', 'SCRIPT'])('%s has its arity', (line) => {
    const [verb] = line.toLowerCase().split(' ');
    const error = `ERR wrong number of arguments for '${verb}' command`;
    expect(reply(...line.split(' '))).toEqual({ error });
  });

  it.each([
    ['release 0', 'ERR Lua redis lib command arguments must be strings or integers'],
    ['acquire-all 0 v 100', 'ERR Wrong number of args calling Redis command from script'],
    ['fence 1 f abc', "ERR user_script:1: bad argument #2 to 'max' (number expected, got nil)"],
  ])('EVAL %s fails within the script', (line, error) => {
    const store = new RedisStore();
    expect(store.execute(['EVAL', ...line.split(' ')], 1_000_000)).toEqual({ error });
    expect(store.entries()).toEqual([]);
  });
});
