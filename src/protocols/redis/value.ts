/** What a key holds. Values are never changed in place: they lie in the append-only file and in messages. */
export type Value = string | ListValue | SortedSetValue;

export interface ListValue {
  readonly kind: 'list';
  /** Never empty: the key goes with the last one. */
  readonly items: readonly string[];
}

export interface SortedSetValue {
  readonly kind: 'sorted-set';
  /** By score, then by member; never empty. */
  readonly members: readonly (readonly [member: string, score: number])[];
}

export interface StoredValue {
  readonly value: Value;
  /** Wall clock milliseconds at which the key is gone; null: it has no time to live. */
  readonly deadlineMs: number | null;
}

/** The items of a list; null for another type. */
export function listItems(value: Value): readonly string[] | null {
  return typeof value === 'object' && value.kind === 'list' ? value.items : null;
}

/** A value for people: a string as it is, a list as `[a b]`, a sorted set as `{a:1 b:2}`; words cut to `width`. */
export function shown(value: Value, width = Infinity): string {
  if (typeof value === 'string') return value.slice(0, width);
  if (value.kind === 'list')
    return `[${value.items.map((item) => item.slice(0, width)).join(' ')}]`;
  return `{${value.members.map(([member, score]) => `${member.slice(0, width)}:${score}`).join(' ')}}`;
}
