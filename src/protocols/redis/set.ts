import { deadlineAhead, timeUnits } from './deadlines.ts';
import type { TimeUnit } from './deadlines.ts';
import { SYNTAX } from './errors.ts';
import type { KeyAccess, Verb } from './key-access.ts';
import { NIL, OK, isError } from './reply.ts';
import type { Reply } from './reply.ts';
import { stringOf } from './strings.ts';

/** SET, its older forms, and GETEX, which reads options as SET does. */
export const setVerbs: Readonly<Record<string, Verb>> = {
  SET: { arity: [2, Infinity], needsFile: true, run: set },
  SETNX: {
    arity: [2, 2],
    needsFile: true,
    run: ([key, value], keys) => {
      if (keys.live(key!) !== undefined) return 0;
      keys.store(key!, value!, null);
      return 1;
    },
  },
  SETEX: { arity: [3, 3], needsFile: true, run: (args, keys) => setFor(args, keys, 'EX', 'setex') },
  PSETEX: {
    arity: [3, 3],
    needsFile: true,
    run: (args, keys) => setFor(args, keys, 'PX', 'psetex'),
  },
  GETSET: { arity: [2, 2], needsFile: true, run: getset },
  GETEX: { arity: [1, Infinity], needsFile: true, run: getex },
};

interface Options {
  /** The flags that were given, in capitals. */
  readonly flags: ReadonlySet<string>;
  readonly time: { readonly unit: TimeUnit; readonly text: string } | null;
}

/** Which of these options exclude which: of each group one may be given, and that one more than once. */
const SET_GROUPS = [['NX', 'XX'], ['KEEPTTL', ...timeUnits.keys()], ['GET']];
const GETEX_GROUPS = [['PERSIST', ...timeUnits.keys()]];

function set([key, value, ...words]: readonly string[], keys: KeyAccess): Reply {
  const options = optionsOf(words, SET_GROUPS);
  if (options === null) return SYNTAX;
  const { flags, time } = options;
  const deadlineMs = time === null ? null : deadlineAhead(time.text, time.unit, keys.nowMs, 'set');
  if (typeof deadlineMs === 'object' && deadlineMs !== null) return deadlineMs;
  const before = keys.live(key!);
  const old = flags.has('GET') ? stringOf(keys, key!) : NIL;
  if (isError(old)) return old;
  const refused = flags.has('NX') ? before !== undefined : flags.has('XX') && before === undefined;
  // A plain SET takes the time to live away with the value it replaces.
  if (!refused)
    keys.store(key!, value!, flags.has('KEEPTTL') ? (before?.deadlineMs ?? null) : deadlineMs);
  if (flags.has('GET')) return old;
  return refused ? NIL : OK;
}

function setFor(
  [key, text, value]: readonly string[],
  keys: KeyAccess,
  unit: string,
  verb: string,
): Reply {
  const deadlineMs = deadlineAhead(text!, timeUnits.get(unit)!, keys.nowMs, verb);
  if (typeof deadlineMs !== 'number') return deadlineMs;
  keys.store(key!, value!, deadlineMs);
  return OK;
}

function getset([key, value]: readonly string[], keys: KeyAccess): Reply {
  const old = stringOf(keys, key!);
  if (!isError(old)) keys.store(key!, value!, null);
  return old;
}

/** A missing key answers before the time is read, as in Redis. */
function getex([key, ...words]: readonly string[], keys: KeyAccess): Reply {
  const options = optionsOf(words, GETEX_GROUPS);
  if (options === null) return SYNTAX;
  const text = stringOf(keys, key!);
  if (typeof text !== 'string') return text;
  const { flags, time } = options;
  if (time !== null) {
    const deadlineMs = deadlineAhead(time.text, time.unit, keys.nowMs, 'getex');
    if (typeof deadlineMs !== 'number') return deadlineMs;
    if (deadlineMs <= keys.nowMs) keys.put(key!, null);
    else keys.store(key!, text, deadlineMs);
  } else if (flags.has('PERSIST') && keys.live(key!)!.deadlineMs !== null)
    keys.store(key!, text, null);
  return text;
}

/** The options among these words, or null when one is unknown, lacks its time, or is excluded by one before it. */
function optionsOf(
  words: readonly string[],
  groups: readonly (readonly string[])[],
): Options | null {
  const flags = new Set<string>();
  let time: Options['time'] = null;
  for (let at = 0; at < words.length; at += 1) {
    const option = words[at]!.toUpperCase();
    const group = groups.find((names) => names.includes(option));
    if (group === undefined || group.some((name) => name !== option && flags.has(name)))
      return null;
    flags.add(option);
    const unit = timeUnits.get(option);
    if (unit === undefined) continue;
    at += 1;
    const text = words[at];
    if (text === undefined) return null;
    time = { unit, text };
  }
  return { flags, time };
}
