import {
  columnCount,
  INTEGER_TAG,
  type JsonTableHead,
  LIST,
  LITERAL_TAG,
  MIXED,
  PAIRS,
  ROW_TAG,
  type Shape,
} from './json-table.ts';
import type { TextBlock } from './report-data.ts';
import { TextBlockBuilder } from './text-block.ts';
import type { ValueList } from './value-list.ts';

/** Differences of larger numbers may not be exact: such numbers are texts. */
const MAX_INTEGER = 2 ** 50;
/** Keys that come together less often are no shape of their own. */
const MIN_SHAPE_USES = 8;

export interface PackedJson {
  readonly head: JsonTableHead;
  readonly literals: TextBlock;
  /** In the order in which `unpackJson` takes them. */
  readonly columns: readonly ArrayLike<number>[];
}

/** Packs values. */
export function packJson(values: ValueList): PackedJson {
  const uses = new ShapeUses();
  for (let index = 0; index < values.count; index += 1) uses.count(values.at(index));
  const table = new Table(uses);
  const roots = new Column();
  for (let index = 0; index < values.count; index += 1) table.write(roots, values.at(index), '');
  return table.build(roots);
}

/** How often keys come together. */
class ShapeUses {
  readonly #uses = new Map<string, number>();

  count(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) this.count(item);
      return;
    }
    const name = shapeName(Object.keys(value));
    this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
    for (const item of Object.values(value)) this.count(item);
  }

  of(name: string): number {
    return this.#uses.get(name) ?? 0;
  }
}

/** With their lengths, so that different keys never have the same name. */
function shapeName(keys: readonly string[]): string {
  return keys.map((key) => `${key.length} ${key}`).join();
}

/** Cells that stand below each other: what each is, and its value. */
class Column {
  readonly tags: number[] = [];
  readonly values: number[] = [];

  add(tag: number, value: number): void {
    this.tags.push(tag);
    this.values.push(value);
  }

  /** The tag of all cells, or {@link MIXED}. */
  tag(): number {
    const first = this.tags[0] ?? INTEGER_TAG;
    return this.tags.every((tag) => tag === first) ? first : MIXED;
  }

  /**
   * Numbers, and rows of each shape, as differences from the one before in this column. A literal is 0 when it is new here (`fresh` names
   * it), else 1 plus its distance from the newest.
   */
  coded(): { readonly values: readonly number[]; readonly fresh: readonly number[] } {
    const last: number[] = [];
    const fresh: number[] = [];
    const known = new Map<number, number>();
    const values = this.values.map((value, index) => {
      const tag = this.tags[index]!;
      if (tag !== LITERAL_TAG) {
        const before = last[tag] ?? 0;
        last[tag] = value;
        return value - before;
      }
      const at = known.get(value);
      if (at !== undefined) return fresh.length - at;
      known.set(value, fresh.length);
      fresh.push(value);
      return 0;
    });
    return { values, fresh };
  }
}

class Rows {
  count = 0;
  readonly columns: readonly Column[];
  readonly shape: Shape;
  readonly #known = new Map<string, number>();

  constructor(shape: Shape) {
    this.shape = shape;
    this.columns = Array.from({ length: columnCount(shape) }, () => new Column());
  }

  /** The row with these cells; `keep` writes them down when they are new. */
  rowOf(cells: readonly Column[], keep: () => void): number {
    const name = cells.map(({ tags, values }) => `${tags.join()} ${values.join()}`).join(';');
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    keep();
    this.#known.set(name, this.count);
    this.count += 1;
    return this.count - 1;
  }
}

class Table {
  readonly #uses: ShapeUses;
  readonly #rows: Rows[] = [];
  readonly #shapes = new Map<string, number>();
  readonly #literals = new TextBlockBuilder();
  readonly #literalIndex = new Map<string, number>();

  constructor(uses: ShapeUses) {
    this.#uses = uses;
  }

  /** Adds a value to a column. `place` keeps lists of different places apart, since they hold different things. */
  write(into: Column, value: unknown, place: string): void {
    if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= MAX_INTEGER)
      into.add(INTEGER_TAG, value);
    else if (typeof value !== 'object' || value === null)
      into.add(LITERAL_TAG, this.#literal(JSON.stringify(value)));
    else if (Array.isArray(value)) this.#writeMany(into, LIST, place, [value]);
    else this.#writeObject(into, value, place);
  }

  #writeObject(into: Column, value: object, place: string): void {
    const keys = Object.keys(value);
    const name = shapeName(keys);
    if (keys.length === 0 || this.#uses.of(name) < MIN_SHAPE_USES) {
      this.#writeMany(into, PAIRS, place, [keys, Object.values(value)]);
      return;
    }
    const shape = this.#shapeIndex(name, keys);
    const cells = Object.values(value).map((item, index) => {
      const cell = new Column();
      this.write(cell, item, `${shape} ${index}`);
      return cell;
    });
    this.#addRow(into, shape, cells);
  }

  /** Lists of one length, each into a column of its own, after a column with the length. */
  #writeMany(
    into: Column,
    kind: typeof LIST | typeof PAIRS,
    place: string,
    lists: readonly (readonly unknown[])[],
  ): void {
    const shape = this.#shapeIndex(`${kind} ${place}`, kind);
    const length = new Column();
    length.add(INTEGER_TAG, lists[0]!.length);
    const cells = lists.map((list, index) => {
      const cell = new Column();
      for (const item of list) this.write(cell, item, `${shape} ${index}`);
      return cell;
    });
    this.#addRow(into, shape, [length, ...cells]);
  }

  #addRow(into: Column, shape: number, cells: readonly Column[]): void {
    const rows = this.#rows[shape]!;
    const row = rows.rowOf(cells, () => {
      for (const [index, { tags, values }] of cells.entries())
        for (const [at, tag] of tags.entries()) rows.columns[index]!.add(tag, values[at]!);
    });
    into.add(ROW_TAG + shape, row);
  }

  #shapeIndex(name: string, shape: Shape): number {
    const known = this.#shapes.get(name);
    if (known !== undefined) return known;
    this.#shapes.set(name, this.#rows.length);
    this.#rows.push(new Rows(shape));
    return this.#rows.length - 1;
  }

  #literal(text: string): number {
    const known = this.#literalIndex.get(text);
    if (known !== undefined) return known;
    const index = this.#literals.add(text);
    this.#literalIndex.set(text, index);
    return index;
  }

  build(roots: Column): PackedJson {
    const all = [roots, ...this.#rows.flatMap(({ columns }) => columns)];
    const tags = all.map((column) => column.tag());
    const columns = all.flatMap((column, index) => {
      const { values, fresh } = column.coded();
      return [tags[index] === MIXED ? column.tags : [], values, fresh];
    });
    const head = { shapes: this.#rows.map(({ shape }) => shape), tags };
    return { head, literals: this.#literals.build(), columns };
  }
}
