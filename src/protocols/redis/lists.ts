import { integerOf, isInteger } from './integers.ts';
import { NOT_INTEGER, NOT_POSITIVE, WRONG_TYPE } from './errors.ts';
import type { KeyAccess, Verb } from './key-access.ts';
import { NIL } from './reply.ts';
import type { Reply } from './reply.ts';
import { listItems } from './value.ts';

type Items = readonly string[];

/** The list commands that queues are made of. */
export const listVerbs: Readonly<Record<string, Verb>> = {
  RPUSH: { arity: [2, Infinity], needsFile: true, run: rpush },
  LPOP: {
    arity: [1, 2],
    needsFile: true,
    run: (args, keys) =>
      pop(args, keys, (items, count) => [items.slice(0, count), items.slice(count)]),
  },
  RPOP: {
    arity: [1, 2],
    needsFile: true,
    run: (args, keys) =>
      pop(args, keys, (items, count) => {
        const rest = Math.max(0, items.length - count);
        return [items.slice(rest).reverse(), items.slice(0, rest)];
      }),
  },
  LLEN: {
    arity: [1, 1],
    needsFile: false,
    run: ([key], keys) => onList(keys, key!, 0, ({ length }) => length),
  },
  LINDEX: { arity: [2, 2], needsFile: false, run: lindex },
  LRANGE: { arity: [3, 3], needsFile: false, run: lrange },
  LREM: { arity: [3, 3], needsFile: true, run: lrem },
};

function rpush([key, ...added]: readonly string[], keys: KeyAccess): Reply {
  const items = itemsOf(keys, key!);
  if (items === null) return WRONG_TYPE;
  keys.put(key!, { kind: 'list', items: [...items, ...added] });
  return items.length + added.length;
}

/** Without a count it takes one; with one it answers a list, of nothing for a count of 0. */
function pop(
  [key, text]: readonly string[],
  keys: KeyAccess,
  split: (items: Items, count: number) => readonly [taken: Items, rest: Items],
): Reply {
  const count = text === undefined ? 1n : integerOf(text);
  if (count === null || count < 0n) return NOT_POSITIVE;
  return onList(keys, key!, NIL, (items) => {
    if (count === 0n) return [];
    const [taken, rest] = split(items, Number(count));
    store(keys, key!, rest);
    return text === undefined ? taken[0]! : taken;
  });
}

/** A missing key answers before the index is read, as in Redis. */
function lindex([key, text]: readonly string[], keys: KeyAccess): Reply {
  return onList(keys, key!, NIL, (items) =>
    isInteger(text!) ? (items.at(Number(text)) ?? NIL) : NOT_INTEGER,
  );
}

function lrange([key, start, stop]: readonly string[], keys: KeyAccess): Reply {
  if (!isInteger(start!) || !isInteger(stop!)) return NOT_INTEGER;
  return onList(keys, key!, [], (items) => slice(items, Number(start), Number(stop)));
}

/** Removes the first `count` that equal the element; the last ones when negative, all when 0. */
function lrem([key, count, element]: readonly string[], keys: KeyAccess): Reply {
  if (!isInteger(count!)) return NOT_INTEGER;
  const most = Number(count);
  return onList(keys, key!, 0, (items) => {
    const found = items.flatMap((item, at) => (item === element ? [at] : []));
    const chosen = most === 0 ? found : most > 0 ? found.slice(0, most) : found.slice(most);
    if (chosen.length > 0)
      store(
        keys,
        key!,
        items.filter((_, at) => !chosen.includes(at)),
      );
    return chosen.length;
  });
}

/** From `start` to `stop`, both included; negative ones count from the end. */
export function slice<T>(items: readonly T[], start: number, stop: number): readonly T[] {
  const from = start < 0 ? Math.max(0, items.length + start) : start;
  const to = stop < 0 ? items.length + stop : stop;
  return items.slice(from, Math.max(from, to + 1));
}

function store(keys: KeyAccess, key: string, items: Items): void {
  keys.put(key, items.length === 0 ? null : { kind: 'list', items });
}

function onList(
  keys: KeyAccess,
  key: string,
  missing: Reply,
  then: (items: Items) => Reply,
): Reply {
  const items = itemsOf(keys, key);
  if (items === null) return WRONG_TYPE;
  return items.length === 0 ? missing : then(items);
}

/** Empty for a missing key, null for one of another type. */
function itemsOf(keys: KeyAccess, key: string): Items | null {
  const value = keys.get(key);
  return value === undefined ? [] : listItems(value);
}
