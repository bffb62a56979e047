import {
  columnCount,
  INTEGER_TAG,
  type JsonTableHead,
  LIST,
  LITERAL_TAG,
  MIXED,
  ROW_TAG,
  PAIRS,
  type Shape,
} from './json-table.ts';
import type { TextBlock } from './report-data.ts';
import { textAt } from './text-block.ts';
import type { ValueList } from './value-list.ts';

/** Numbers of a packed column; the smallest kind of array that holds them. */
export type Numbers = Int32Array | Float64Array;

/**
 * The values that `packJson` was given. `next` hands out the columns one after another; they and the values are read when
 * the first value is asked for.
 */
export function unpackJson(
  head: JsonTableHead,
  literals: TextBlock,
  next: () => Numbers,
  count: number,
): ValueList {
  let table: PackedTable | null = null;
  return {
    count,
    at: (index) => {
      if (index >= count) throw new RangeError(`there is no value ${index} in a list of ${count}`);
      table ??= new PackedTable(head, literals, next);
      return table.root(index);
    },
  };
}

class PackedTable {
  readonly #roots: Column;
  readonly #rows: readonly Rows[];
  readonly #literals: TextBlock;
  readonly #known: unknown[] = [];

  constructor({ shapes, tags }: JsonTableHead, literals: TextBlock, next: () => Numbers) {
    let index = 0;
    const column = (): Column => {
      const tag = tags[index++]!;
      return new Column(tag, next(), next(), next());
    };
    this.#literals = literals;
    this.#roots = column();
    this.#rows = shapes.map(
      (shape) => new Rows(shape, Array.from({ length: columnCount(shape) }, column)),
    );
  }

  root(index: number): unknown {
    return this.#cell(this.#roots, index);
  }

  #cell(from: Column, at: number): unknown {
    const tag = from.tagAt(at);
    const value = from.values[at]!;
    if (tag === INTEGER_TAG) return value;
    return tag === LITERAL_TAG
      ? this.#literal(value)
      : this.#row(this.#rows[tag - ROW_TAG]!, value);
  }

  #literal(index: number): unknown {
    if (!(index in this.#known))
      this.#known[index] = JSON.parse(textAt(this.#literals, index)) as unknown;
    return this.#known[index];
  }

  #row(of: Rows, row: number): unknown {
    const { shape, columns } = of;
    if (shape === LIST)
      return Array.from({ length: of.lengthOf(row) }, (_, at) =>
        this.#cell(columns[1]!, of.startOf(row) + at),
      );
    const object: Record<string, unknown> = {};
    if (shape === PAIRS)
      for (let at = of.startOf(row); at < of.endOf(row); at += 1)
        put(object, String(this.#cell(columns[1]!, at)), this.#cell(columns[2]!, at));
    else for (const [at, key] of shape.entries()) put(object, key, this.#cell(columns[at]!, row));
    return object;
  }
}

/** As `JSON.parse` does: `__proto__` is a key like others. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  else object[key] = value;
}

/** A column whose cells are as they were again: differences are added up, literals found. */
class Column {
  readonly values: Numbers;
  readonly #tag: number;
  readonly #tags: Numbers;

  constructor(tag: number, tags: Numbers, codes: Numbers, fresh: Numbers) {
    this.#tag = tag;
    this.#tags = tags;
    // Sums of small differences may be large.
    const values = new Float64Array(codes.length);
    const last: number[] = [];
    let newest = 0;
    let small = true;
    for (let at = 0; at < values.length; at += 1) {
      const kind = this.tagAt(at);
      const code = codes[at]!;
      if (kind !== LITERAL_TAG) values[at] = last[kind] = (last[kind] ?? 0) + code;
      else if (code === 0) values[at] = fresh[newest++]!;
      else values[at] = fresh[newest - code]!;
      small &&= values[at] === (values[at]! | 0);
    }
    this.values = small ? Int32Array.from(values) : values;
  }

  tagAt(at: number): number {
    return this.#tag === MIXED ? this.#tags[at]! : this.#tag;
  }
}

class Rows {
  readonly shape: Shape;
  readonly columns: readonly Column[];
  /** Where the items of each list end. */
  readonly #ends: Numbers;

  constructor(shape: Shape, columns: readonly Column[]) {
    this.shape = shape;
    this.columns = columns;
    const many = shape === LIST || shape === PAIRS;
    let end = 0;
    this.#ends = many
      ? Int32Array.from(columns[0]!.values, (length) => (end += length))
      : new Int32Array(0);
  }

  startOf(row: number): number {
    return row === 0 ? 0 : this.#ends[row - 1]!;
  }

  endOf(row: number): number {
    return this.#ends[row]!;
  }

  lengthOf(row: number): number {
    return this.endOf(row) - this.startOf(row);
  }
}
