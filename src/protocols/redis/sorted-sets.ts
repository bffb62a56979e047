import { isInteger } from './integers.ts';
import { NOT_FLOAT, NOT_INTEGER, SYNTAX, WRONG_TYPE } from './errors.ts';
import { floatOf, floatText } from './floats.ts';
import type { KeyAccess, Verb } from './key-access.ts';
import { slice } from './lists.ts';
import { NIL, error } from './reply.ts';
import type { Reply } from './reply.ts';
import type { SortedSetValue } from './value.ts';

type Members = SortedSetValue['members'];

/** The sorted set commands that timeouts are kept with. Options of ZADD, and ranges by score, are not modelled. */
export const sortedSetVerbs: Readonly<Record<string, Verb>> = {
  ZADD: { arity: [3, Infinity], run: zadd },
  ZREM: { arity: [2, Infinity], run: zrem },
  ZCARD: { arity: [1, 1], run: ([key], keys) => onSet(keys, key!, 0, ({ length }) => length) },
  ZSCORE: { arity: [2, 2], run: zscore },
  ZINCRBY: { arity: [3, 3], run: zincrby },
  ZRANGE: { arity: [3, Infinity], run: zrange },
};

/** Scores are read before the key is looked at: one that is none changes nothing. */
function zadd([key, ...pairs]: readonly string[], keys: KeyAccess): Reply {
  if (pairs.length % 2 !== 0) return SYNTAX;
  const added = Array.from({ length: pairs.length / 2 }, (_, at) => ({
    score: floatOf(pairs[2 * at]!),
    member: pairs[2 * at + 1]!,
  }));
  if (added.some(({ score }) => score === null)) return NOT_FLOAT;
  const before = membersOf(keys, key!);
  if (before === null) return WRONG_TYPE;
  const scores = new Map(before);
  for (const { score, member } of added) scores.set(member, score!);
  store(keys, key!, [...scores], before);
  return scores.size - before.length;
}

function zrem([key, ...members]: readonly string[], keys: KeyAccess): Reply {
  return onSet(keys, key!, 0, (before) => {
    const rest = before.filter(([member]) => !members.includes(member));
    store(keys, key!, rest, before);
    return before.length - rest.length;
  });
}

function zscore([key, member]: readonly string[], keys: KeyAccess): Reply {
  return onSet(keys, key!, NIL, (members) => {
    const score = new Map(members).get(member!);
    return score === undefined ? NIL : floatText(score);
  });
}

function zincrby([key, text, member]: readonly string[], keys: KeyAccess): Reply {
  const by = floatOf(text!);
  if (by === null) return NOT_FLOAT;
  const before = membersOf(keys, key!);
  if (before === null) return WRONG_TYPE;
  const scores = new Map(before);
  const next = (scores.get(member!) ?? 0) + by;
  if (Number.isNaN(next)) return error('ERR resulting score is not a number (NaN)');
  scores.set(member!, next);
  store(keys, key!, [...scores], before);
  return floatText(next);
}

function zrange([key, start, stop, ...options]: readonly string[], keys: KeyAccess): Reply {
  const withScores = options.length > 0;
  if (options.some((option) => option.toUpperCase() !== 'WITHSCORES')) return SYNTAX;
  if (!isInteger(start!) || !isInteger(stop!)) return NOT_INTEGER;
  return onSet(keys, key!, [], (members) =>
    slice(members, Number(start), Number(stop)).flatMap(([member, score]) =>
      withScores ? [member, floatText(score)] : [member],
    ),
  );
}

/** A command that changes nothing leaves no trace in the append-only file. */
function store(keys: KeyAccess, key: string, members: Members, before: Members): void {
  const scores = new Map(before);
  if (
    members.length === before.length &&
    members.every(([member, score]) => Object.is(scores.get(member), score))
  )
    return;
  const sorted = [...members].sort(
    ([a, scoreOfA], [b, scoreOfB]) =>
      // Two infinities of one sign have no difference.
      (scoreOfA === scoreOfB ? 0 : scoreOfA - scoreOfB) || (a < b ? -1 : 1),
  );
  keys.put(key, sorted.length === 0 ? null : { kind: 'sorted-set', members: sorted });
}

function onSet(
  keys: KeyAccess,
  key: string,
  missing: Reply,
  then: (members: Members) => Reply,
): Reply {
  const members = membersOf(keys, key);
  if (members === null) return WRONG_TYPE;
  return members.length === 0 ? missing : then(members);
}

/** Empty for a missing key, null for one of another type. */
function membersOf(keys: KeyAccess, key: string): Members | null {
  const value = keys.get(key);
  if (value === undefined) return [];
  return typeof value === 'object' && value.kind === 'sorted-set' ? value.members : null;
}
