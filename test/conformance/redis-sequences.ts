import { RandomStream } from '../../src/sim/engine/random.ts';

/** Commands that follow each other at once; between blocks every short time to live runs out. */
export type Block = readonly (readonly string[])[];

export const SEQUENCES = 2_000;
const BLOCKS = 3;
const COMMANDS = 5;
/** Runs out between two blocks. */
export const SHORT_MS = 400;
const LONG_MS = 100_000;

/** The same random command sequences every time; keys are prefixed so that sequences do not meet on one server. */
export function sequence(index: number): readonly Block[] {
  const stream = new RandomStream('conformance', `redis/${index}`);
  const keys = ['a', 'b'].map((name) => `${index}:${name}`);
  return Array.from({ length: BLOCKS }, () =>
    Array.from({ length: COMMANDS }, () => command(stream, keys)),
  );
}

function command(stream: RandomStream, keys: readonly string[]): readonly string[] {
  const key = stream.pick(keys);
  const value = stream.pick(['x', 'y', '7', '-1', '007', '9223372036854775807']);
  const ttl = stream.pick([String(SHORT_MS), String(SHORT_MS), String(LONG_MS), '0', '-5', '1.5']);
  switch (stream.below(16)) {
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
      return ['EVAL', 'fence', '1', `${key}:token`, stream.pick(['1', '5', '12'])];
    default:
      return stream.pick([['PERSIST', key], ['PING'], ['PING', 'hi'], ['NOSUCH', key], ['GET']]);
  }
}

/**
 * A reply as text; times to live only as their kind, because the servers' clocks differ by how long commands take, and a
 * status like a string, because ioredis tells them alike.
 */
export function normalised(command: readonly string[], reply: unknown): string {
  if (command[0] === 'PTTL' && typeof reply === 'number' && reply > 0)
    return reply <= SHORT_MS ? 'short' : 'long';
  const status = typeof reply === 'object' && reply !== null && 'simple' in reply;
  return JSON.stringify(status ? reply.simple : reply);
}
