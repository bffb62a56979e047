import type { ErrorReply } from './reply.ts';
import { error } from './reply.ts';

/** Error replies, word for word as Redis 7.0.15 gives them. */
export const SYNTAX = error('ERR syntax error');
export const NOT_INTEGER = error('ERR value is not an integer or out of range');
export const NOT_POSITIVE = error('ERR value is out of range, must be positive');
export const NOT_FLOAT = error('ERR value is not a valid float');
export const NAN_SCORE = error('ERR resulting score is not a number (NaN)');
export const FILE_FAILING = error('MISCONF Errors writing to the AOF file: Input/output error');
export const WRONG_TYPE = error(
  'WRONGTYPE Operation against a key holding the wrong kind of value',
);

export function wrongArity(verb: string): ErrorReply {
  return error(`ERR wrong number of arguments for '${verb}' command`);
}

/** A time to live that is not above 0, or ends beyond 64 bits of milliseconds. */
export function invalidExpireTime(verb: string): ErrorReply {
  return error(`ERR invalid expire time in '${verb}' command`);
}

/** Not Redis' word: what a real server would have done, and this one cannot. */
export function notModelled(what: string): ErrorReply {
  return error(`ERR the simulated server does not model ${what}`);
}
