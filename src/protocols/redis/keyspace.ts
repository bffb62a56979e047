import { SYNTAX } from './errors.ts';
import type { KeyAccess, Verb } from './key-access.ts';
import { OK } from './reply.ts';

/** The verbs on keys of any type, and those on none. */
export const keyspaceVerbs: Readonly<Record<string, Verb>> = {
  PING: { arity: [0, 1], needsFile: true, run: ([text]) => text ?? { simple: 'PONG' } },
  TIME: {
    arity: [0, 0],
    needsFile: false,
    run: (_, { nowMs }) => [String(Math.floor(nowMs / 1000)), String((nowMs % 1000) * 1000)],
  },
  EXISTS: {
    arity: [1, Infinity],
    needsFile: false,
    run: (names, keys) => names.filter((key) => keys.get(key) !== undefined).length,
  },
  DEL: { arity: [1, Infinity], needsFile: true, run: del },
  /** It differs from DEL in when the memory is free. */
  UNLINK: { arity: [1, Infinity], needsFile: true, run: del },
  FLUSHALL: { arity: [0, Infinity], needsFile: true, run: flushall },
};

function del(names: readonly string[], keys: KeyAccess): number {
  return names.filter((key) => {
    const isThere = keys.get(key) !== undefined;
    if (isThere) keys.put(key, null);
    return isThere;
  }).length;
}

function flushall(options: readonly string[], keys: KeyAccess) {
  const known = options.every((option) => ['ASYNC', 'SYNC'].includes(option.toUpperCase()));
  if (!known || options.length > 1) return SYNTAX;
  keys.flush();
  return OK;
}
