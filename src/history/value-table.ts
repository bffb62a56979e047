import { canonicalJson } from './canonical-json.ts';

/** The code of `null`, which is a value like any other (an empty register, an empty dequeue). */
export const NULL_VALUE = 1;
/** The code of "no value given": an operation without argument, or one whose result nobody knows. */
export const ABSENT = 3;

const SMALLEST_DIRECT = -0x40000000;
const LARGEST_DIRECT = 0x3fffffff;

/**
 * Turns the values of a history into 32-bit codes, so that equal values have equal codes and a million operations need no
 * million objects. Integers of 31 bits are encoded directly (even codes: twice the integer); everything else lives in a
 * table (odd codes) and is told apart by its canonical JSON. Identity therefore ignores the order of object keys.
 */
export class ValueTable {
  readonly #values: unknown[] = [null, undefined];
  readonly #byString = new Map<string, number>();
  readonly #byJson = new Map<string, number>([['null', NULL_VALUE]]);

  /** The code of a plain value (JSON data, or a bigint). `undefined` is {@link ABSENT}. */
  intern(value: unknown): number {
    if (value === null) return NULL_VALUE;
    if (value === undefined) return ABSENT;
    if (typeof value === 'string') return this.internString(value);
    if (typeof value === 'number' && ValueTable.isDirect(value)) return value * 2 + 0; // + 0: never -0
    if (typeof value === 'bigint' && ValueTable.isDirect(Number(value))) return Number(value) * 2;
    const text = canonicalJson(value);
    const known = this.#byJson.get(text);
    if (known !== undefined) return known;
    const code = this.#add(value);
    this.#byJson.set(text, code);
    return code;
  }

  internString(value: string): number {
    const known = this.#byString.get(value);
    if (known !== undefined) return known;
    const code = this.#add(value);
    this.#byString.set(value, code);
    return code;
  }

  /** The value behind a code; `undefined` for {@link ABSENT}. Do not change what is returned. */
  decode(code: number): unknown {
    return (code & 1) === 0 ? code / 2 : this.#values[code >> 1];
  }

  /** The value as people and files write it: JSON. */
  text(code: number): string {
    return (code & 1) === 0 ? String(code / 2) : canonicalJson(this.#values[code >> 1]);
  }

  /** How many values needed the table. */
  get size(): number {
    return this.#values.length;
  }

  static isDirect(value: number): boolean {
    return Number.isInteger(value) && value >= SMALLEST_DIRECT && value <= LARGEST_DIRECT;
  }

  #add(value: unknown): number {
    this.#values.push(value);
    return ((this.#values.length - 1) << 1) | 1;
  }
}
