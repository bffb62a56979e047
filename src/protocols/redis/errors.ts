import type { Reply } from './reply.ts';
import { error } from './reply.ts';

/** Error replies, word for word as Redis 7.0.15 gives them. */
export const SYNTAX = error('ERR syntax error');
export const NOT_INTEGER = error('ERR value is not an integer or out of range');
export const NOT_FLOAT = error('ERR value is not a valid float');
export const WRONG_TYPE = error(
  'WRONGTYPE Operation against a key holding the wrong kind of value',
);

export function wrongArity(verb: string): Reply {
  return error(`ERR wrong number of arguments for '${verb}' command`);
}
