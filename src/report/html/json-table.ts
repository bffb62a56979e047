/**
 * JSON texts in columns: objects with the same keys share a shape, every key of a shape is a column, and equal values
 * below the top are kept once. Messages repeat themselves: this packs to about a quarter of what their texts pack to.
 */
export interface JsonTableHead {
  readonly shapes: readonly Shape[];
  /** For every column, the tag that all its cells have; {@link MIXED} when a column of tags says it. */
  readonly tags: readonly number[];
}

/** An object's keys; a list; or an object whose keys are rare, as pairs. */
export type Shape = readonly string[] | typeof LIST | typeof PAIRS;

export const LIST = 'list';
export const PAIRS = 'pairs';

/** What a cell is: a whole number, a JSON text of its own, or a row of the shape with the number `tag - ROW_TAG`. */
export const INTEGER_TAG = 0;
export const LITERAL_TAG = 1;
export const ROW_TAG = 2;
export const MIXED = -1;

/** For every column of the table its tags, its values, and which literals are new in it. */
export function packedColumns({ tags }: JsonTableHead): number {
  return tags.length * 3;
}

/** Lists and pairs begin with a column of their lengths. */
export function columnCount(shape: Shape): number {
  if (shape === LIST) return 2;
  return shape === PAIRS ? 3 : shape.length;
}
