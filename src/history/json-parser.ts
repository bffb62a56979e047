import { HistoryError } from './history-error.ts';

/**
 * A JSON parser that knows the column of what is wrong and keeps integers that a double cannot hold as bigints
 * (two large ids must not become one value). For the lines that the fast scanner does not take.
 */
export class JsonParser {
  readonly #text: string;
  readonly #file: string | undefined;
  readonly #line: number;
  #at = 0;

  constructor(text: string, file: string | undefined, line: number) {
    this.#text = text;
    this.#file = file;
    this.#line = line;
  }

  /** The one value that the text holds. @throws HistoryError with line and column. */
  parse(): unknown {
    const value = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#refuse('the end of the line after one JSON value');
    return value;
  }

  #value(): unknown {
    this.#space();
    const c = this.#text[this.#at];
    if (c === '{') return this.#object();
    if (c === '[') return this.#array();
    if (c === '"') return this.#string();
    for (const [word, value] of [
      ['null', null],
      ['true', true],
      ['false', false],
    ] as const)
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    return this.#number();
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#at++;
    this.#space();
    if (this.#take('}')) return object;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#refuse('a quoted field name');
      const name = this.#string();
      this.#space();
      if (!this.#take(':')) this.#refuse('":" after a field name');
      Object.defineProperty(object, name, {
        value: this.#value(),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      this.#space();
      if (this.#take('}')) return object;
      if (!this.#take(',')) this.#refuse('"," or "}"');
    }
  }

  #array(): unknown[] {
    const array: unknown[] = [];
    this.#at++;
    this.#space();
    if (this.#take(']')) return array;
    for (;;) {
      array.push(this.#value());
      this.#space();
      if (this.#take(']')) return array;
      if (!this.#take(',')) this.#refuse('"," or "]"');
    }
  }

  #string(): string {
    const start = this.#at++;
    for (;;) {
      const c = this.#text.charCodeAt(this.#at);
      if (Number.isNaN(c) || c < 0x20) this.#refuse('the closing quote of a string');
      this.#at++;
      if (c === 0x22) break;
      if (c === 0x5c) this.#at++;
    }
    const literal = this.#text.slice(start, this.#at);
    if (!literal.includes('\\')) return literal.slice(1, -1);
    try {
      return JSON.parse(literal) as string;
    } catch {
      this.#at = start;
      return this.#refuse('a string with valid escapes');
    }
  }

  #number(): number | bigint {
    const match = /^-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/.exec(
      this.#text.slice(this.#at, this.#at + 400),
    );
    if (match === null) return this.#refuse('a JSON value');
    this.#at += match[0].length;
    const value = Number(match[0]);
    const whole = match[1] === undefined && match[2] === undefined;
    return whole && !Number.isSafeInteger(value) ? BigInt(match[0]) : value;
  }

  #space(): void {
    while (' \t\r\n'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #take(c: string): boolean {
    if (this.#text[this.#at] !== c) return false;
    this.#at++;
    return true;
  }

  #refuse(expected: string): never {
    const ended = this.#at >= this.#text.length;
    throw new HistoryError(
      { file: this.#file, line: this.#line, column: this.#at + 1 },
      ended
        ? 'the line ends in the middle of a JSON value'
        : `invalid JSON at ${JSON.stringify(this.#text.slice(this.#at, this.#at + 12))}`,
      expected,
      ended
        ? 'Is the file truncated? Write it again, or cut it after its last whole line.'
        : 'Write one event a line, as JSON.',
    );
  }
}
