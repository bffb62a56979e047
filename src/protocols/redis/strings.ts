import { NOT_INTEGER, WRONG_TYPE } from './errors.ts';
import { MAX_INTEGER, MIN_INTEGER, integerOf, integerReply } from './integers.ts';
import type { KeyAccess, Verb } from './key-access.ts';
import { NIL, error } from './reply.ts';
import type { Reply } from './reply.ts';
import { byteLength } from '../utf8.ts';

/** The verbs on one string, those with a time to live aside: these keep it. */
export const stringVerbs: Readonly<Record<string, Verb>> = {
  GET: { arity: [1, 1], needsFile: false, run: ([key], keys) => stringOf(keys, key!) },
  GETDEL: { arity: [1, 1], needsFile: true, run: getdel },
  STRLEN: {
    arity: [1, 1],
    needsFile: false,
    run: ([key], keys) => onString(keys, key!, (text) => byteLength(text ?? '')),
  },
  APPEND: { arity: [2, 2], needsFile: true, run: append },
  INCR: { arity: [1, 1], needsFile: true, run: ([key], keys) => add(keys, key!, 1n) },
  DECR: { arity: [1, 1], needsFile: true, run: ([key], keys) => add(keys, key!, -1n) },
  INCRBY: { arity: [2, 2], needsFile: true, run: incrby },
  DECRBY: { arity: [2, 2], needsFile: true, run: decrby },
};

/** The string, nil, or the error of another type. */
export function stringOf(keys: KeyAccess, key: string): Reply {
  return onString(keys, key, (text) => text ?? NIL);
}

function getdel([key]: readonly string[], keys: KeyAccess): Reply {
  return onString(keys, key!, (text) => {
    if (text === undefined) return NIL;
    keys.put(key!, null);
    return text;
  });
}

function append([key, more]: readonly string[], keys: KeyAccess): Reply {
  return onString(keys, key!, (text) => {
    const whole = (text ?? '') + more!;
    keys.put(key!, whole);
    return byteLength(whole);
  });
}

function incrby([key, text]: readonly string[], keys: KeyAccess): Reply {
  const by = integerOf(text!);
  return by === null ? NOT_INTEGER : add(keys, key!, by);
}

function decrby([key, text]: readonly string[], keys: KeyAccess): Reply {
  const by = integerOf(text!);
  if (by === null) return NOT_INTEGER;
  // Its opposite is no 64-bit integer.
  return by === MIN_INTEGER ? error('ERR decrement would overflow') : add(keys, key!, -by);
}

function add(keys: KeyAccess, key: string, by: bigint): Reply {
  return onString(keys, key, (text) => {
    const value = integerOf(text ?? '0');
    if (value === null) return NOT_INTEGER;
    const next = value + by;
    if (next > MAX_INTEGER || next < MIN_INTEGER)
      return error('ERR increment or decrement would overflow');
    keys.put(key, String(next));
    return integerReply(next);
  });
}

function onString(keys: KeyAccess, key: string, then: (text: string | undefined) => Reply): Reply {
  const value = keys.get(key);
  return typeof value === 'object' ? WRONG_TYPE : then(value);
}
