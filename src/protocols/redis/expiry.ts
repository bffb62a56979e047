import { deadlineOf } from './deadlines.ts';
import type { TimeUnit } from './deadlines.ts';
import { MAX_INTEGER, integerReply } from './integers.ts';
import type { KeyAccess, Verb } from './key-access.ts';
import { error } from './reply.ts';
import type { ErrorReply, Reply } from './reply.ts';

/** The verbs that give, take and tell times to live. */
export const expiryVerbs: Readonly<Record<string, Verb>> = {
  EXPIRE: expireIn({ seconds: true, absolute: false }, 'expire'),
  PEXPIRE: expireIn({ seconds: false, absolute: false }, 'pexpire'),
  EXPIREAT: expireIn({ seconds: true, absolute: true }, 'expireat'),
  PEXPIREAT: expireIn({ seconds: false, absolute: true }, 'pexpireat'),
  TTL: tellIn({ seconds: true, absolute: false }),
  PTTL: tellIn({ seconds: false, absolute: false }),
  EXPIRETIME: tellIn({ seconds: true, absolute: true }),
  PEXPIRETIME: tellIn({ seconds: false, absolute: true }),
  PERSIST: { arity: [1, 1], needsFile: true, run: persist },
};

function expireIn(unit: TimeUnit, verb: string): Verb {
  return {
    arity: [2, Infinity],
    needsFile: true,
    run: ([key, text, ...words], keys) => {
      const conditions = conditionsOf(words);
      if ('error' in conditions) return conditions;
      const deadlineMs = deadlineOf(text!, unit, keys.nowMs, verb);
      if (typeof deadlineMs !== 'number') return deadlineMs;
      const stored = keys.live(key!);
      if (stored === undefined || !isMet(conditions, deadlineMs, stored.deadlineMs)) return 0;
      // A deadline in the past deletes at once.
      if (deadlineMs <= keys.nowMs) keys.put(key!, null);
      else keys.store(key!, stored.value, deadlineMs);
      return 1;
    },
  };
}

/** NX, XX, GT and LT in capitals, or the error that Redis has for them. */
function conditionsOf(words: readonly string[]): ReadonlySet<string> | ErrorReply {
  const names = new Set(words.map((word) => word.toUpperCase()));
  const unknown = words.find((word) => !['NX', 'XX', 'GT', 'LT'].includes(word.toUpperCase()));
  if (unknown !== undefined) return error(`ERR Unsupported option ${unknown}`);
  if (names.has('NX') && names.size > 1)
    return error('ERR NX and XX, GT or LT options at the same time are not compatible');
  if (names.has('GT') && names.has('LT'))
    return error('ERR GT and LT options at the same time are not compatible');
  return names;
}

/** A key without a deadline counts as one that lives for ever. */
function isMet(conditions: ReadonlySet<string>, nextMs: number, currentMs: number | null): boolean {
  if (conditions.has('NX') && currentMs !== null) return false;
  if (conditions.has('XX') && currentMs === null) return false;
  if (conditions.has('GT') && nextMs <= (currentMs ?? Infinity)) return false;
  return !conditions.has('LT') || nextMs < (currentMs ?? Infinity);
}

/** Seconds are rounded to the nearest. */
function tellIn({ seconds, absolute }: TimeUnit): Verb {
  return {
    arity: [1, 1],
    needsFile: false,
    run: ([key], keys): Reply => {
      const stored = keys.live(key!);
      if (stored === undefined) return -2;
      if (stored.deadlineMs === null) return -1;
      // The greatest deadline, as a number, is rounded to one more than that.
      const deadlineMs = BigInt(stored.deadlineMs);
      const atMs = deadlineMs > MAX_INTEGER ? MAX_INTEGER : deadlineMs;
      const ms = absolute ? atMs : atMs - BigInt(keys.nowMs);
      return integerReply(seconds ? (ms + 500n) / 1_000n : ms);
    },
  };
}

function persist([key]: readonly string[], keys: KeyAccess): Reply {
  const stored = keys.live(key!);
  if (stored === undefined || stored.deadlineMs === null) return 0;
  keys.store(key!, stored.value, null);
  return 1;
}
