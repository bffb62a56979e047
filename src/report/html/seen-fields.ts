import type { LaneList, LaneState, LaneValue } from '../../protocols/lane.ts';
import { diffFields, type Fields, type FieldsDelta } from './state-delta.ts';

interface SeenList {
  readonly items: LaneValue[];
  lineage: object;
}

/** What was last seen of a node's fields and lists, to tell what changed since. */
export class SeenFields {
  #fields: Fields = {};
  readonly #lists = new Map<string, SeenList>();

  /** Null when nothing differs. */
  change({ fields, lists = {} }: Pick<LaneState, 'fields' | 'lists'>): FieldsDelta | null {
    const delta = diffFields(this.#fields, fields);
    this.#fields = fields;
    const tail: Record<string, readonly [number, ...LaneValue[]]> = {};
    for (const name in lists) {
      const end = this.#endOf(name, lists[name]!);
      if (end !== null) tail[name] = end;
    }
    const gone = [...this.#lists.keys()].filter((name) => !(name in lists));
    for (const name of gone) this.#lists.delete(name);
    if (gone.length === 0 && Object.keys(tail).length === 0) return delta;
    return {
      ...delta,
      tail: { ...delta?.tail, ...tail },
      ...(gone.length === 0 ? {} : { gone: [...(delta?.gone ?? []), ...gone] }),
    };
  }

  /** How many items of a list stay, and what follows them; null when it is as it was. */
  #endOf(name: string, list: LaneList): readonly [number, ...LaneValue[]] | null {
    const seen = this.#lists.get(name);
    if (seen === undefined) {
      const items = itemsFrom(list, 0);
      this.#lists.set(name, { items, lineage: list.lineage });
      return [0, ...items];
    }
    const { items, lineage } = seen;
    let keep = items.length;
    if (lineage !== list.lineage) {
      const most = Math.min(keep, list.length);
      keep = 0;
      while (keep < most && items[keep] === list.at(keep)) keep += 1;
      seen.lineage = list.lineage;
    }
    if (keep === items.length && keep === list.length) return null;
    const more = itemsFrom(list, keep);
    items.length = keep;
    for (const item of more) items.push(item);
    return [keep, ...more];
  }
}

function itemsFrom(list: LaneList, from: number): LaneValue[] {
  return Array.from({ length: list.length - from }, (_, at) => list.at(from + at));
}
