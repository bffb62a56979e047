import { isInteger } from './integers.ts';
import { NOT_INTEGER, SYNTAX, notModelled } from './errors.ts';
import { floatText } from './floats.ts';
import type { KeyAccess, Verb } from './key-access.ts';
import { slice } from './lists.ts';
import { NIL } from './reply.ts';
import type { Reply } from './reply.ts';
import { onSet, storeMembers } from './sorted-set-members.ts';
import { zadd } from './zadd.ts';

/** Options of ZRANGE that a real server knows. */
const OTHER_RANGES = ['REV', 'BYSCORE', 'BYLEX', 'LIMIT'];

/** The sorted set commands that timeouts are kept with. Ranges are by place, forwards. */
export const sortedSetVerbs: Readonly<Record<string, Verb>> = {
  ZADD: { arity: [3, Infinity], needsFile: true, run: zadd },
  ZREM: { arity: [2, Infinity], needsFile: true, run: zrem },
  ZCARD: {
    arity: [1, 1],
    needsFile: false,
    run: ([key], keys) => onSet(keys, key!, 0, ({ length }) => length),
  },
  ZSCORE: { arity: [2, 2], needsFile: false, run: zscore },
  ZINCRBY: {
    arity: [3, 3],
    needsFile: true,
    run: ([key, ...pair], keys) => zadd([key!, 'INCR', ...pair], keys),
  },
  ZRANGE: { arity: [3, Infinity], needsFile: false, run: zrange },
};

function zrem([key, ...members]: readonly string[], keys: KeyAccess): Reply {
  return onSet(keys, key!, 0, (before) => {
    const rest = before.filter(([member]) => !members.includes(member));
    storeMembers(keys, key!, rest, before);
    return before.length - rest.length;
  });
}

function zscore([key, member]: readonly string[], keys: KeyAccess): Reply {
  return onSet(keys, key!, NIL, (members) => {
    const score = new Map(members).get(member!);
    return score === undefined ? NIL : floatText(score);
  });
}

function zrange([key, start, stop, ...options]: readonly string[], keys: KeyAccess): Reply {
  const words = new Set(options.map((option) => option.toUpperCase()));
  const withScores = words.delete('WITHSCORES');
  const [other] = words;
  if (other !== undefined)
    return OTHER_RANGES.includes(other) ? notModelled(`ZRANGE with ${other}`) : SYNTAX;
  if (!isInteger(start!) || !isInteger(stop!)) return NOT_INTEGER;
  return onSet(keys, key!, [], (members) =>
    slice(members, Number(start), Number(stop)).flatMap(([member, score]) =>
      withScores ? [member, floatText(score)] : [member],
    ),
  );
}
