import { NAN_SCORE, NOT_FLOAT, SYNTAX, WRONG_TYPE } from './errors.ts';
import { floatOf, floatText } from './floats.ts';
import type { KeyAccess } from './key-access.ts';
import { NIL, error } from './reply.ts';
import type { ErrorReply, Reply } from './reply.ts';
import { membersOf, storeMembers } from './sorted-set-members.ts';

type Options = ReadonlySet<string>;

const OPTIONS = ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'];

/** ZADD with all its options; ZINCRBY is the one with INCR. Scores are read before the key is looked at. */
export function zadd([key, ...words]: readonly string[], keys: KeyAccess): Reply {
  const first = words.findIndex((word) => !OPTIONS.includes(word.toUpperCase()));
  const options = new Set(
    (first < 0 ? words : words.slice(0, first)).map((word) => word.toUpperCase()),
  );
  const pairs = first < 0 ? [] : words.slice(first);
  if (pairs.length === 0 || pairs.length % 2 !== 0) return SYNTAX;
  const clash = clashOf(options, pairs.length / 2);
  if (clash !== null) return clash;
  const added = Array.from({ length: pairs.length / 2 }, (_, at) => ({
    score: floatOf(pairs[2 * at]!),
    member: pairs[2 * at + 1]!,
  }));
  if (added.some(({ score }) => score === null)) return NOT_FLOAT;
  const before = membersOf(keys, key!);
  if (before === null) return WRONG_TYPE;

  const scores = new Map(before);
  let changed = 0;
  let last: number | null = null;
  for (const { score, member } of added) {
    const current = scores.get(member);
    last = nextScore(options, score!, current);
    if (last === null) continue;
    if (Number.isNaN(last)) return NAN_SCORE;
    if (current === last) continue;
    changed += 1;
    // A short set is packed, and the packing keeps a negative zero as 0. A long one that kept it is not modelled.
    scores.set(member, last === 0 ? 0 : last);
  }
  storeMembers(keys, key!, [...scores], before);
  if (options.has('INCR')) return last === null ? NIL : floatText(last);
  return options.has('CH') ? changed : scores.size - before.length;
}

function clashOf(options: Options, pairs: number): ErrorReply | null {
  const [nx, xx, gt, lt] = OPTIONS.map((name) => options.has(name)) as [
    boolean,
    boolean,
    boolean,
    boolean,
  ];
  if (nx && xx) return error('ERR XX and NX options at the same time are not compatible');
  if ((nx && (gt || lt)) || (gt && lt))
    return error('ERR GT, LT, and/or NX options at the same time are not compatible');
  if (options.has('INCR') && pairs > 1)
    return error('ERR INCR option supports a single increment-element pair');
  return null;
}

/** The score that a member gets, NaN when there is none; null: the options leave it as it is, or out. */
function nextScore(options: Options, score: number, current: number | undefined): number | null {
  if (current === undefined) return options.has('XX') ? null : score;
  if (options.has('NX')) return null;
  const next = options.has('INCR') ? current + score : score;
  const refused = (options.has('LT') && next >= current) || (options.has('GT') && next <= current);
  return refused ? null : next;
}
