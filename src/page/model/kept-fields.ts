import type { LaneValue } from '../../protocols/lane.ts';
import type { Fields, FieldsDelta } from '../../report/html/state-delta.ts';

/**
 * A list as its last item and the list before it: however long, the next one is made in no time, and every one that was
 * stays. Null is the empty list.
 */
interface Chain {
  readonly last: LaneValue;
  readonly length: number;
  readonly before: Chain | null;
}

/** The fields of a node at one moment; applying a difference leaves it as it is. */
export class KeptFields {
  static readonly NONE = new KeptFields({}, new Map());
  readonly #plain: Fields;
  readonly #lists: ReadonlyMap<string, Chain | null>;

  private constructor(plain: Fields, lists: ReadonlyMap<string, Chain | null>) {
    this.#plain = plain;
    this.#lists = lists;
  }

  after({ set, tail, gone }: FieldsDelta): KeptFields {
    if (set === undefined && tail === undefined && gone === undefined) return this;
    const plain: Record<string, LaneValue> = { ...this.#plain, ...set };
    const lists = new Map(this.#lists);
    for (const name in set) lists.delete(name);
    for (const [name, [keep, ...items]] of Object.entries(tail ?? {})) {
      const old = lists.get(name) ?? chainOf(plain[name]);
      lists.set(name, grown(cut(old, keep), items));
      plain[name] = null;
    }
    for (const name of gone ?? []) {
      Reflect.deleteProperty(plain, name);
      lists.delete(name);
    }
    return new KeptFields(plain, lists);
  }

  /** All of them, lists too. */
  fields(): Fields {
    const all: Record<string, LaneValue> = { ...this.#plain };
    for (const [name, chain] of this.#lists) all[name] = itemsOf(chain);
    return all;
  }
}

function chainOf(value: LaneValue | undefined): Chain | null {
  return Array.isArray(value) ? grown(null, value as readonly LaneValue[]) : null;
}

function grown(chain: Chain | null, items: readonly LaneValue[]): Chain | null {
  let result = chain;
  for (const last of items) result = { last, length: (result?.length ?? 0) + 1, before: result };
  return result;
}

function cut(chain: Chain | null, length: number): Chain | null {
  let result = chain;
  while (result !== null && result.length > length) result = result.before;
  return result;
}

function itemsOf(chain: Chain | null): LaneValue[] {
  const items = new Array<LaneValue>(chain?.length ?? 0);
  for (let at = chain; at !== null; at = at.before) items[at.length - 1] = at.last;
  return items;
}
