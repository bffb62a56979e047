import type { Buffer } from 'node:buffer';
import type { HistoryBuilder } from './history-builder.ts';
import { FAIL, INFO, OK } from './history.ts';
import { ABSENT, NULL_VALUE } from './value-table.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const INVOKE = 3;
const NO_TYPE = -1;
/** Scanned lines begin with the event's brace. */
const EVENT_COLUMN = 1;
/** Integers longer than this many digits are left to the parser, which keeps them exact. */
const LONGEST_INTEGER = 15;
const SMALL_PROCESSES = 4096;
const PAIR_BASE = 0x100000;

/** What a field holds, as {@link JsonlScanner} tells fields apart. */
const FIELDS = ['process', 'type', 'f', 'key', 'value', 'time'].map((name) =>
  Array.from(name, (c) => c.charCodeAt(0)),
);
const [PROCESS, TYPE, FUNCTION, KEY, TIME] = [0, 1, 2, 3, 5];

/**
 * Scans one line of the common shape straight from the bytes: flat objects whose values are integers, plain strings, null,
 * booleans or pairs of small integers. Anything else is declined, untouched, for the parser.
 */
export class JsonlScanner {
  readonly #builder: HistoryBuilder;
  readonly #processes = new Int32Array(SMALL_PROCESSES).fill(-1);
  readonly #functions: { bytes: number[]; index: number }[] = [];
  readonly #pairs = new Map<number, number>();
  #at = 0;
  #number = 0;

  constructor(builder: HistoryBuilder) {
    this.#builder = builder;
  }

  /** Records the event in `bytes[start, end)`; false when the line is not of the common shape. */
  scan(bytes: Buffer, start: number, end: number, line: number): boolean {
    if (end - start < 2 || bytes[start] !== OPEN_BRACE) return false;
    this.#at = start + 1;
    let process = -1;
    let type = NO_TYPE;
    let f = -1;
    let key = ABSENT;
    let value = ABSENT;
    let time = NaN;
    for (;;) {
      while (bytes[this.#at] === SPACE) this.#at++;
      const field = this.#field(bytes);
      if (field < 0) return false;
      while (bytes[this.#at] === SPACE) this.#at++;
      if (bytes[this.#at++] !== COLON) return false;
      while (bytes[this.#at] === SPACE) this.#at++;
      if (field === PROCESS || field === TIME) {
        if (!this.#integer(bytes)) return false;
        if (field === PROCESS) process = this.#number;
        else time = this.#number;
      } else if (field === TYPE) {
        type = this.#type(bytes);
        if (type === NO_TYPE) return false;
      } else if (field === FUNCTION) {
        f = this.#function(bytes);
        if (f < 0) return false;
      } else {
        const code = this.#value(bytes, end);
        if (code === undefined) return false;
        if (field === KEY) key = code;
        else value = code;
      }
      while (bytes[this.#at] === SPACE) this.#at++;
      const c = bytes[this.#at++];
      if (c === CLOSE_BRACE) break;
      if (c !== COMMA) return false;
    }
    if (!onlySpace(bytes, this.#at, end)) return false;
    if (process < 0 || type === NO_TYPE || f < 0) return false;
    return this.#record(process, type, f, key, value, time, line);
  }

  #record(
    process: number,
    type: number,
    f: number,
    key: number,
    value: number,
    time: number,
    line: number,
  ): boolean {
    let p = process < SMALL_PROCESSES ? this.#processes[process]! : -1;
    if (p < 0) {
      p = this.#builder.processIndex(process);
      if (process < SMALL_PROCESSES) this.#processes[process] = p;
    }
    if (type === INVOKE) {
      this.#builder.invokeIndexed(p, f, key, value, time, line, EVENT_COLUMN);
      return true;
    }
    if (this.#builder.openFunctionIndex(p) !== f) return false; // the slow path words the complaint
    this.#builder.completeIndexed(p, type, value, time, line, EVENT_COLUMN);
    return true;
  }

  #field(bytes: Buffer): number {
    if (bytes[this.#at] !== QUOTE) return -1;
    const from = this.#at + 1;
    for (let field = 0; field < FIELDS.length; field++) {
      const name = FIELDS[field]!;
      const n = name.length;
      if (bytes[from + n] !== QUOTE || bytes[from] !== name[0]) continue;
      let i = 1;
      while (i < n && bytes[from + i] === name[i]) i++;
      if (i < n) continue;
      this.#at = from + n + 1;
      return field;
    }
    return -1;
  }

  #integer(bytes: Buffer): boolean {
    let at = this.#at;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    let value = 0;
    for (;;) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
      at++;
    }
    const digits = at - first;
    if (digits === 0 || digits > LONGEST_INTEGER || (digits > 1 && bytes[first] === ZERO))
      return false;
    const c = bytes[at];
    if (c !== COMMA && c !== CLOSE_BRACE && c !== CLOSE_BRACKET && c !== SPACE) return false;
    this.#number = negative ? 0 - value : value;
    this.#at = at;
    return true;
  }

  #type(bytes: Buffer): number {
    const at = this.#at;
    if (bytes[at] !== QUOTE) return NO_TYPE;
    for (const { text, code } of TYPE_NAMES) {
      let i = 0;
      while (i < text.length && bytes[at + 1 + i] === text[i]) i++;
      if (i < text.length || bytes[at + 1 + i] !== QUOTE) continue;
      this.#at = at + i + 2;
      return code;
    }
    return NO_TYPE;
  }

  #function(bytes: Buffer): number {
    const at = this.#at;
    if (bytes[at] !== QUOTE) return -1;
    for (const known of this.#functions) {
      const name = known.bytes;
      const n = name.length;
      if (bytes[at + 1 + n] !== QUOTE) continue;
      let i = 0;
      while (i < n && bytes[at + 1 + i] === name[i]) i++;
      if (i < n) continue;
      this.#at = at + n + 2;
      return known.index;
    }
    const text = this.#plainString(bytes, bytes.length);
    if (text === undefined || text === 'txn') return -1;
    const index = this.#builder.functionIndex(text);
    this.#functions.push({ bytes: Array.from(text, (c) => c.charCodeAt(0)), index });
    return index;
  }

  #value(bytes: Buffer, end: number): number | undefined {
    const values = this.#builder.values;
    const c = bytes[this.#at]!;
    if (c === QUOTE) {
      const text = this.#plainString(bytes, end);
      return text === undefined ? undefined : values.internString(text);
    }
    if (c === 0x6e && bytes.toString('latin1', this.#at, this.#at + 4) === 'null') {
      this.#at += 4;
      return NULL_VALUE;
    }
    if (c === OPEN_BRACKET) return this.#pair(bytes);
    return this.#integer(bytes) ? values.intern(this.#number) : undefined;
  }

  /** `[a,b]` of small natural numbers, as a cas has them. */
  #pair(bytes: Buffer): number | undefined {
    this.#at++;
    if (!this.#integer(bytes)) return undefined;
    const a = this.#number;
    if (bytes[this.#at++] !== COMMA) return undefined;
    if (bytes[this.#at] === SPACE) this.#at++;
    if (!this.#integer(bytes)) return undefined;
    const b = this.#number;
    if (bytes[this.#at++] !== CLOSE_BRACKET) return undefined;
    if (a < 0 || b < 0 || a >= PAIR_BASE || b >= PAIR_BASE)
      return this.#builder.values.intern([a, b]);
    const name = a * PAIR_BASE + b;
    let code = this.#pairs.get(name);
    if (code === undefined) {
      code = this.#builder.values.intern([a, b]);
      this.#pairs.set(name, code);
    }
    return code;
  }

  /** A string without escapes and without anything beyond ASCII. */
  #plainString(bytes: Buffer, end: number): string | undefined {
    let at = this.#at + 1;
    for (; at < end; at++) {
      const c = bytes[at]!;
      if (c === QUOTE) break;
      if (c === BACKSLASH || c >= 0x80 || c < SPACE) return undefined;
    }
    if (at >= end) return undefined;
    const text = bytes.toString('latin1', this.#at + 1, at);
    this.#at = at + 1;
    return text;
  }
}

const TYPE_NAMES = [
  { name: 'invoke', code: INVOKE },
  { name: 'ok', code: OK },
  { name: 'fail', code: FAIL },
  { name: 'info', code: INFO },
].map(({ name, code }) => ({ text: Array.from(name, (c) => c.charCodeAt(0)), code }));

function onlySpace(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const c = bytes[at];
    if (c !== SPACE && c !== 0x0d && c !== 0x09) return false;
  }
  return true;
}
