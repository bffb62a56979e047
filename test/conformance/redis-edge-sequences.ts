import type { RandomStream } from '../../src/sim/engine/random.ts';
import { DATES_MS, DATES_S, LONG_MS, SHORT_MS } from './redis-replies.ts';
import { blocksOf, sequence, type Block } from './redis-sequences.ts';

export const EDGE_SEQUENCES = 2_000;

const SHORT = String(SHORT_MS);
const LONG = String(LONG_MS);
/**
 * No time that could run out between two commands, and no date between the clocks of the two servers: the numbers are
 * told apart by no server's speed.
 */
const NUMBERS = [
  ...['0', '-1', '-5', SHORT, LONG, '1.5', 'x', '', '01', '+400', ' 400', '-0'],
  ...['9007199254740991', '9007199254740993', '-9007199254740991', '9223370000000000000'],
  ...['9223372036854775806', '9223372036854775807', '9223372036854775808'],
  ...['-9223372036854775807', '-9223372036854775808', '99999999999999999999'],
];
const WORDS = ['x', 'y', '7', 'é', '\u{1F600}', '～', 'xy', ''];
const SCORES = [
  ...[
    '1',
    '2',
    '-1',
    '0',
    '-0',
    '+3',
    '.5',
    '5.',
    '1e5',
    '0.1',
    '1e20',
    '1e-7',
    '1e-310',
    '-1e-400',
  ],
  ...[
    '1e400',
    '1e-400',
    '0e-400',
    '0x10',
    '-0x1.8p1',
    '0x.8',
    '0x1p-1100',
    '0x1p2000',
    '0x',
    '0xg',
    '0x0p9',
  ],
  ...[
    'inf',
    '-inf',
    '+Infinity',
    'nan',
    '-nan',
    '.',
    'e1',
    '1e',
    ' 1',
    '1 ',
    '',
    'x',
    '123456789012345678',
  ],
];
/** What Lua's tonumber may be given. */
const LUA_NUMBERS = [
  ...['5', '12', '-3', '1.5', '-1.5', '0x10', ' 7 ', '1e3', '1e400', '9007199254740993', '-0'],
  ...['9223372036854775807', '1e300', 'inf', '-inf', 'nan', 'x', '', ' ', '\t8\n'],
];
const VERBS = [
  ...['PING', 'SET', 'SETNX', 'SETEX', 'PSETEX', 'GETSET', 'GETEX', 'GET', 'GETDEL', 'STRLEN'],
  ...['APPEND', 'INCR', 'DECR', 'INCRBY', 'DECRBY', 'DEL', 'UNLINK', 'EXISTS', 'EXPIRE', 'PEXPIRE'],
  ...['EXPIREAT', 'PEXPIREAT', 'TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME', 'PERSIST', 'PUBLISH'],
  ...['RPUSH', 'LPOP', 'RPOP', 'LLEN', 'LINDEX', 'LRANGE', 'LREM', 'ZADD', 'ZREM', 'ZCARD'],
  ...['ZSCORE', 'ZINCRBY', 'ZRANGE', 'EVALSHA', 'SCRIPT'],
];
const SCRIPTS = [
  ...['acquire', 'release', 'extend', 'fence', 'try-acquire', 'release-and-tell'],
  ...['acquire-all', 'release-all', 'extend-all'],
];

/** Sequences at the edges of what is simulated: options, arities, great numbers, odd words. */
export function edgeSequence(index: number): readonly Block[] {
  // A deadline that GT and LT compare is never as near to another as the servers' speeds are apart.
  let drawn = 0;
  const laterMs = (): string => String(20_000 + 1_000 * (drawn += 1));
  return blocksOf('redis-edges', index, (stream, keys) => {
    const about = stream.below(3) === 0 ? stream.below(subjects.length) : index % subjects.length;
    return subjects[about]!(stream, keys, laterMs);
  });
}

/** Plain and edge sequences in turn. */
export function mixedSequence(index: number): readonly Block[] {
  return index % 2 === 0 ? sequence(index) : edgeSequence(index);
}

type Subject = (
  stream: RandomStream,
  keys: readonly string[],
  laterMs: () => string,
) => readonly string[];

const subjects: readonly Subject[] = [
  setting,
  expiring,
  counting,
  popping,
  scoring,
  scripting,
  misspelling,
];

function setting(stream: RandomStream, keys: readonly string[]): readonly string[] {
  const key = stream.pick(keys);
  const value = stream.pick(WORDS);
  const units = ['EX', 'PX', 'px', 'EXAT', 'PXAT'];
  const option = (): readonly string[] => {
    const flag = stream.pick([
      'NX',
      'XX',
      'GET',
      'KEEPTTL',
      'PERSIST',
      'nx',
      'WHAT',
      'TIME',
      'TIME',
    ]);
    return flag === 'TIME' ? [stream.pick(units), timeOf(stream)] : [flag];
  };
  const options = Array.from({ length: stream.below(4) }, option).flat();
  return stream.pick([
    ['SET', key, value, ...options],
    ['SET', key, value, ...options],
    ['SET', key, value, stream.pick(units), timeOf(stream)],
    ['GETEX', key, ...options],
    ['GETEX', key, stream.pick([...units, 'PERSIST'])],
    ['GETEX', key, stream.pick(units), timeOf(stream)],
    ['GETEX', key, 'PERSIST'],
    ['SETNX', key, value],
    ['SETEX', key, timeOf(stream), value],
    ['PSETEX', key, timeOf(stream), value],
    ['GETSET', key, value],
    ['GETDEL', key],
    ['GET', key],
    tellingTime(stream, key),
    ['RPUSH', key, value],
  ]);
}

function expiring(
  stream: RandomStream,
  keys: readonly string[],
  laterMs: () => string,
): readonly string[] {
  const key = stream.pick(keys);
  const conditions = (words: readonly string[]): readonly string[] =>
    Array.from({ length: stream.below(3) }, () => stream.pick(words));
  const all = ['NX', 'XX', 'GT', 'LT', 'gt', 'lt', 'WHAT'];
  return stream.pick([
    [stream.pick(['EXPIRE', 'PEXPIRE']), key, timeOf(stream), ...conditions(['NX', 'xx', 'NO'])],
    ['PEXPIRE', key, laterMs(), ...conditions(all)],
    ['PEXPIRE', key, laterMs(), stream.pick(['GT', 'LT', 'XX'])],
    ['PEXPIREAT', key, stream.pick([...DATES_MS, '5', '-7']), ...conditions(all)],
    ['EXPIREAT', key, stream.pick([...DATES_S, '5', '-7']), ...conditions(all)],
    [stream.pick(['EXPIREAT', 'PEXPIREAT']), key, timeOf(stream)],
    tellingTime(stream, key),
    tellingTime(stream, key),
    ['PERSIST', key],
    ['SET', key, 'x', ...stream.pick([[], ['PX', LONG], ['EXAT', stream.pick(DATES_S)]])],
    ['SET', key, 'x', ...stream.pick([[], ['PX', SHORT], ['PXAT', stream.pick(DATES_MS)]])],
    ['ZADD', key, '1', 'x'],
  ]);
}

function counting(stream: RandomStream, keys: readonly string[]): readonly string[] {
  const key = stream.pick(keys);
  return stream.pick([
    ['INCR', key],
    ['INCR', key],
    ['DECR', key],
    ['INCRBY', key, stream.pick(NUMBERS)],
    ['DECRBY', key, stream.pick(NUMBERS)],
    ['SET', key, stream.pick(NUMBERS)],
    ['SET', key, stream.pick(NUMBERS), 'PX', SHORT],
    ['APPEND', key, stream.pick(['0', '7', ...WORDS])],
    ['STRLEN', key],
    ['GET', key],
    [stream.pick(['DEL', 'UNLINK']), key],
    ['EVAL', 'acquire', '2', `${key}:lock`, key, 'x', LONG],
    ['RPUSH', key, '1'],
  ]);
}

function popping(stream: RandomStream, keys: readonly string[]): readonly string[] {
  const key = stream.pick(keys);
  const count = stream.pick(['1', '2', '9', ...NUMBERS]);
  return stream.pick([
    ['RPUSH', key, stream.pick(WORDS), stream.pick(WORDS), stream.pick(WORDS)],
    ['RPUSH', key, stream.pick(WORDS)],
    [stream.pick(['LPOP', 'RPOP']), key],
    [stream.pick(['LPOP', 'RPOP']), key, stream.pick(['0', '1', '2', '3'])],
    [stream.pick(['LPOP', 'RPOP']), key, count],
    ['LREM', key, count, stream.pick(WORDS)],
    ['LINDEX', key, count],
    ['LRANGE', key, '0', '-1'],
    ['LRANGE', key, count, stream.pick(NUMBERS)],
    ['SET', key, 'x'],
  ]);
}

function scoring(stream: RandomStream, keys: readonly string[]): readonly string[] {
  const key = stream.pick(keys);
  const small = ['1', '2', '3', '-1', '0', '-0', 'inf'];
  const options = Array.from({ length: stream.below(3) }, () =>
    stream.pick(['NX', 'XX', 'GT', 'LT', 'CH', 'INCR', 'ch', 'incr']),
  );
  const pair = (scores: readonly string[]): readonly string[] => [
    stream.pick(scores),
    stream.pick(WORDS),
  ];
  return stream.pick([
    ['ZADD', key, ...pair(SCORES)],
    ['ZADD', key, ...options, ...pair(small)],
    ['ZADD', key, ...options, ...pair(small), ...pair(small)],
    ['ZADD', key, ...options, stream.pick(small)],
    ['ZADD', key, '1', '\u{1F600}', '1', '～', '1', 'é', '1', 'x', '1', 'xy'],
    ['ZINCRBY', key, ...pair(SCORES)],
    ['ZINCRBY', key, ...pair(small)],
    ['ZREM', key, stream.pick(WORDS)],
    ['ZSCORE', key, stream.pick(WORDS)],
    ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    ['ZRANGE', key, stream.pick(NUMBERS), stream.pick(NUMBERS), 'withscores', 'WITHSCORES'],
    ['ZCARD', key],
  ]);
}

function scripting(stream: RandomStream, keys: readonly string[]): readonly string[] {
  const key = stream.pick(keys);
  const words = Array.from({ length: stream.below(5) }, () =>
    stream.pick([...keys, 'x', SHORT, LONG, '0', '-5']),
  );
  const count = stream.pick(['0', '1', '1', '2', '2', '3', '4', ...NUMBERS]);
  return stream.pick([
    ['EVAL', stream.pick(SCRIPTS), count, ...words],
    ['EVAL', stream.pick(SCRIPTS), '1', key, ...words],
    ['EVAL', stream.pick(SCRIPTS), '2', ...keys, 'x', LONG],
    ['EVAL', 'fence', '1', key, stream.pick(LUA_NUMBERS)],
    ['EVAL', 'fence', '1', key, stream.pick(LUA_NUMBERS)],
    ['SET', key, stream.pick(LUA_NUMBERS)],
    ['GET', key],
    ['PTTL', key],
    ['DEL', ...keys],
    ['RPUSH', key, 'x'],
  ]);
}

/** Any verb with any number of arguments, and verbs that there are not. */
function misspelling(stream: RandomStream, keys: readonly string[]): readonly string[] {
  const long = stream.pick([
    'x'.repeat(200),
    'é'.repeat(100),
    `a${'é'.repeat(100)}`,
    'x'.repeat(126),
  ]);
  const word = (): string =>
    stream.pick([...keys, ...keys, ...WORDS, ...NUMBERS, 'NX', 'XX', 'GET']);
  const words = Array.from({ length: stream.below(6) }, word);
  return stream.pick([
    [stream.pick(VERBS), ...words],
    [stream.pick(VERBS).toLowerCase(), stream.pick(keys), ...words],
    [stream.pick(VERBS), stream.pick(keys), ...words],
    ['TIME', 'x', ...words],
    ['NOSUCH', ...words, long, ...words],
    [long, ...words],
    [stream.pick(['a\r\nb', 'a\0b']), 'c\r\nd', 'e\0f'],
    stream.pick([['EVAL'], ['EVAL', 'release']]),
    ['SCRIPT', ...stream.pick([[], ['LOAD'], ['NOPE'], ['nope', 'x'], [long]])],
  ]);
}

function timeOf(stream: RandomStream): string {
  return stream.below(2) === 0 ? stream.pick([SHORT, LONG]) : stream.pick(NUMBERS);
}

function tellingTime(stream: RandomStream, key: string): readonly string[] {
  return [stream.pick(['TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME']), key];
}
