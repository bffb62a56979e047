import { RedisStore } from '../../src/protocols/redis/store.ts';
import { RandomStream } from '../../src/sim/engine/random.ts';
import { LONG_MS, SHORT_MS, normalised } from './redis-replies.ts';

/** Commands that follow each other at once; between blocks every short time to live runs out. */
export type Block = readonly (readonly string[])[];

export const SEQUENCES = 2_000;
const BLOCKS = 3;
const COMMANDS = 5;
/** What the simulated server's clock shows at the start: between the times that commands name, as a real one's. */
export const START_MS = 2_000_000_000_000;

/** The same random command sequences every time. */
export function sequence(index: number): readonly Block[] {
  return blocksOf('redis', index, (stream, keys) => command(stream, keys, index % 4));
}

/** Blocks of drawn commands on two keys. */
export function blocksOf(
  name: string,
  index: number,
  draw: (stream: RandomStream, keys: readonly string[]) => readonly string[],
): readonly Block[] {
  const stream = new RandomStream('conformance', `${name}/${index}`);
  const keys = ['a', 'b'].map((key) => `${index}:${key}`);
  return Array.from({ length: BLOCKS }, () =>
    Array.from({ length: COMMANDS }, () => draw(stream, keys)),
  );
}

/** What the simulated server answers to them. */
export function simulated(blocks: readonly Block[]): readonly string[] {
  const store = new RedisStore();
  return blocks.flatMap((commands, block) =>
    commands.map((words) =>
      normalised(words, store.execute(words, START_MS + block * 2 * SHORT_MS)),
    ),
  );
}

/** Three of four commands are about what the sequence is about: strings, lists, sorted sets or the fair lock. */
function command(stream: RandomStream, keys: readonly string[], about: number): readonly string[] {
  const subject = stream.below(4) === 0 ? stream.below(4) : about;
  const key = stream.pick(keys);
  if (subject === 0) return stringCommand(stream, key, keys);
  if (subject === 1) return listCommand(stream, key);
  return subject === 2 ? sortedSetCommand(stream, key) : fairCommand(stream, keys[0]!);
}

function stringCommand(
  stream: RandomStream,
  key: string,
  keys: readonly string[],
): readonly string[] {
  const value = stream.pick(['x', 'y', '7', '-1', '007', '9223372036854775807']);
  const ttl = stream.pick([String(SHORT_MS), String(SHORT_MS), String(LONG_MS), '0', '-5', '1.5']);
  switch (stream.below(17)) {
    case 0:
    case 1:
      return ['SET', key, value, 'NX', 'PX', ttl];
    case 2:
      return ['SET', key, value, ...stream.pick([[], ['XX'], ['NX'], ['GET'], ['KEEPTTL']])];
    case 3:
      return ['set', key, value, ...stream.shuffle(['NX', 'GET']), 'px', ttl];
    case 4:
      return [
        'SET',
        key,
        value,
        ...stream.pick([['NX', 'XX'], ['PX'], ['PX', '5', 'KEEPTTL'], ['WHAT'], ['XX', 'XX']]),
      ];
    case 5:
      return ['GET', key];
    case 6:
      return ['DEL', ...stream.pick([[key], keys, [key, key], []])];
    case 7:
      return ['EXISTS', ...stream.pick([[key], keys, [key, key]])];
    case 8:
      return ['PTTL', key];
    case 9:
      return ['PEXPIRE', key, ttl];
    case 10:
      return ['INCR', key];
    case 11:
      return ['EVAL', 'release', '1', key, value];
    case 12:
      return ['EVAL', 'extend', '1', key, value, stream.pick([String(SHORT_MS), String(LONG_MS)])];
    case 13:
      return ['EVAL', 'acquire', '2', key, `${key}:token`, value, String(SHORT_MS)];
    case 14:
      return stream.pick([
        ['EVAL', 'try-acquire', '1', key, value, String(SHORT_MS)],
        ['EVAL', 'release-and-tell', '1', key, value, 'news'],
        ['EVAL', 'acquire-all', '2', ...keys, value, String(SHORT_MS)],
        ['EVAL', 'extend-all', '2', ...keys, value, String(LONG_MS)],
        ['EVAL', 'release-all', '2', ...keys, value],
      ]);
    case 15:
      return ['EVAL', 'fence', '1', `${key}:token`, stream.pick(['1', '5', '12'])];
    default:
      return stream.pick([
        ['PERSIST', key],
        ['PING'],
        ['PING', 'hi'],
        ['NOSUCH', key],
        ['GET'],
        ['PUBLISH', key, 'x'],
        ['PUBLISH', key],
      ]);
  }
}

function listCommand(stream: RandomStream, key: string): readonly string[] {
  const word = (): string => stream.pick(['x', 'y', '7']);
  const index = (): string => stream.pick(['0', '1', '-1', '-2', '5', '-9', '1.5', 'x']);
  return stream.pick([
    ['RPUSH', key, word()],
    ['rpush', key, word(), word(), word()],
    ['RPUSH', key],
    ['LPOP', key],
    ['LLEN', key],
    ['LINDEX', key, index()],
    ['LRANGE', key, '0', '-1'],
    ['LRANGE', key, index(), index()],
    ['LREM', key, stream.pick(['0', '1', '-1', '2', 'x']), word()],
    ['LREM', key, '0'],
  ]);
}

function sortedSetCommand(stream: RandomStream, key: string): readonly string[] {
  const word = (): string => stream.pick(['x', 'y', '7']);
  const index = (): string => stream.pick(['0', '1', '-1', '-2', '5', 'x']);
  const score = (): string =>
    stream.pick([
      '1',
      '2',
      '2',
      '-1',
      '0.1',
      '1e20',
      '1700000000123',
      '+3',
      'inf',
      '-inf',
      'x',
      '',
    ]);
  return stream.pick([
    ['ZADD', key, score(), word()],
    ['zadd', key, score(), word(), score(), word()],
    ['ZADD', key, '1', 'x', '2'],
    ['ZADD', key, '1'],
    ['ZREM', key, word(), word()],
    ['ZCARD', key],
    ['ZSCORE', key, word()],
    ['ZINCRBY', key, score(), word()],
    ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
    ['ZRANGE', key, index(), index()],
    ['ZRANGE', key, '0', '-1', 'WHAT'],
  ]);
}

/** With the time in the arguments: the servers' clocks do not agree. Order and places are compared, not the timeouts. */
function fairCommand(stream: RandomStream, lock: string): readonly string[] {
  const keys = [lock, `${lock}:queue`, `${lock}:timeouts`] as const;
  const waiter = stream.pick(['p', 'q', 'r']);
  const long = String(LONG_MS);
  const ttl = stream.pick([String(SHORT_MS), long]);
  // Before, at and long after the timeouts of those who wait.
  const time = stream.pick(['1000000', '1000000', '1000000', '9000000000000']);
  return stream.pick([
    ['EVAL', 'fair-acquire', '3', ...keys, waiter, ttl, long, time],
    ['EVAL', 'fair-acquire', '3', ...keys, waiter, ttl, long, time],
    ['EVAL', 'fair-acquire', '3', ...keys, waiter, ttl, long, time],
    ['EVAL', 'fair-acquire', '3', ...keys, waiter, ttl, long],
    ['EVAL', 'fair-release', '3', ...keys, waiter, long, time],
    ['EVAL', 'fair-release', '3', ...keys, waiter, long],
    ['EVAL', 'fair-release-and-tell', '3', ...keys, waiter, long, time],
    ['EVAL', 'fair-extend', '3', ...keys, waiter, long, long, time],
    ['LRANGE', keys[1], '0', '-1'],
    ['ZRANGE', keys[2], '0', '-1'],
  ]);
}
