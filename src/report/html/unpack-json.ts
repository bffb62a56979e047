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
import { textAt, TextBlockBuilder } from './text-block.ts';

/** The texts that `packJson` was given. `next` hands out the columns one after another. */
export function unpackJson(
  { shapes, tags }: JsonTableHead,
  literals: TextBlock,
  next: () => Float64Array,
): TextBlock {
  let index = 0;
  const column = (): Column => {
    const tag = tags[index++]!;
    return new Column(tag, next(), next(), next());
  };
  const roots = column();
  const rows = shapes.map(
    (shape) => new Rows(shape, Array.from({ length: columnCount(shape) }, column)),
  );
  const texts = Array.from(literals.ends, (_, at) => textAt(literals, at));
  const builder = new TextBlockBuilder();
  for (let row = 0; row < roots.values.length; row += 1) builder.add(cellText(roots, row));
  return builder.build();

  function cellText(from: Column, at: number): string {
    const tag = from.tag === MIXED ? from.tags[at]! : from.tag;
    const value = from.values[at]!;
    if (tag === INTEGER_TAG) return String(value);
    return tag === LITERAL_TAG ? texts[value]! : rowText(rows[tag - ROW_TAG]!, value);
  }

  function rowText(of: Rows, row: number): string {
    const known = of.texts[row];
    if (known !== undefined) return known;
    const text = of.shape === LIST || of.shape === PAIRS ? manyText(of, row) : objectText(of, row);
    of.texts[row] = text;
    return text;
  }

  function objectText({ columns, keys }: Rows, row: number): string {
    let text = '';
    for (let at = 0; at < columns.length; at += 1) text += keys[at]! + cellText(columns[at]!, row);
    return `${text}}`;
  }

  function manyText({ shape, columns, ends }: Rows, row: number): string {
    const items: string[] = [];
    const [, first, second] = columns;
    for (let at = ends[row - 1] ?? 0; at < ends[row]!; at += 1)
      items.push(cellText(first!, at) + (second === undefined ? '' : `:${cellText(second, at)}`));
    return shape === LIST ? `[${items.join()}]` : `{${items.join()}}`;
  }
}

/** A column whose cells are as they were again: differences are added up, literals found. */
class Column {
  readonly tag: number;
  readonly tags: Float64Array;
  readonly values: Float64Array;

  constructor(tag: number, tags: Float64Array, values: Float64Array, fresh: Float64Array) {
    this.tag = tag;
    this.tags = tags;
    this.values = values;
    const last: number[] = [];
    let newest = 0;
    for (let at = 0; at < values.length; at += 1) {
      const kind = tag === MIXED ? tags[at]! : tag;
      const code = values[at]!;
      if (kind !== LITERAL_TAG) values[at] = last[kind] = (last[kind] ?? 0) + code;
      else if (code === 0) values[at] = fresh[newest++]!;
      else values[at] = fresh[newest - code]!;
    }
  }
}

class Rows {
  readonly shape: Shape;
  readonly columns: readonly Column[];
  /** What stands before each value of an object. */
  readonly keys: readonly string[];
  /** Where the items of each list end. */
  readonly ends: readonly number[];
  readonly texts: string[] = [];

  constructor(shape: Shape, columns: readonly Column[]) {
    this.shape = shape;
    this.columns = columns;
    const many = shape === LIST || shape === PAIRS;
    this.keys = many
      ? []
      : shape.map((key, index) => `${index === 0 ? '{' : ','}${JSON.stringify(key)}:`);
    let end = 0;
    this.ends = many ? Array.from(columns[0]!.values, (length) => (end += length)) : [];
  }
}
