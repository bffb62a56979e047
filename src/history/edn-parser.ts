import { HistoryError } from './history-error.ts';

/** Thrown by {@link EdnParser.form} when the text ends inside a form and more may come. */
export class EdnNeedsMore extends Error {}

const DELIMITERS = new Set(' \t\r\n,()[]{}";');
const CHARACTERS = new Map([
  ['newline', '\n'],
  ['space', ' '],
  ['tab', '\t'],
  ['return', '\r'],
]);

/**
 * A reader for Jepsen's EDN, one form at a time. Keywords and symbols become their bare names, vectors, lists and sets become
 * arrays, maps become objects, tagged elements become the element, `nil` becomes null; integers beyond 2^53 stay exact as bigints.
 */
export class EdnParser {
  #text = '';
  #at = 0;
  #line = 1;
  #column = 1;
  #final = false;
  readonly #file: string | undefined;

  constructor(file: string | undefined) {
    this.#file = file;
  }

  get line(): number {
    return this.#line;
  }

  get column(): number {
    return this.#column;
  }

  /** Adds text; `final` says that nothing follows. What was read already is forgotten. */
  push(text: string, final: boolean): void {
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    this.#final = final;
  }

  /** The next character that is neither space nor comment, without taking it; undefined at the end. */
  peek(): string | undefined {
    this.#space();
    return this.#text[this.#at];
  }

  /** Takes the bracket that {@link peek} showed. */
  skip(): void {
    this.#advance(1);
  }

  /** Reads one form. @throws EdnNeedsMore without having taken anything; HistoryError with line and column. */
  form(): unknown {
    this.#space();
    const [at, line, column] = [this.#at, this.#line, this.#column];
    try {
      return this.#form();
    } catch (error) {
      if (error instanceof EdnNeedsMore) [this.#at, this.#line, this.#column] = [at, line, column];
      throw error;
    }
  }

  /** The text ended inside a form, or something else was expected here. */
  refuse(problem: string, expected: string, fix: string): never {
    throw new HistoryError(
      { file: this.#file, line: this.#line, column: this.#column },
      problem,
      expected,
      fix,
    );
  }

  #form(): unknown {
    this.#space();
    const c = this.#text[this.#at];
    if (c === undefined) return this.#ended('a form');
    if (c === '{') return this.#map();
    if (c === '[') return this.#sequence(']');
    if (c === '(') return this.#sequence(')');
    if (c === '"') return this.#string();
    if (c === '#') return this.#dispatch();
    if (c === '\\') return this.#character();
    if (')]}'.includes(c))
      this.refuse(`unexpected "${c}"`, 'a form', 'Remove it, or add the bracket that opens it.');
    return this.#atom();
  }

  #sequence(close: string): unknown[] {
    const items: unknown[] = [];
    this.#advance(1);
    for (;;) {
      this.#space();
      const c = this.#text[this.#at];
      if (c === undefined) return this.#ended(`"${close}"`);
      if (c === close) {
        this.#advance(1);
        return items;
      }
      items.push(this.#form());
    }
  }

  #map(): Record<string, unknown> {
    const items = this.#sequence('}');
    if (items.length % 2 === 1)
      this.refuse('a map with a key but no value', 'an even number of forms', 'Add the value.');
    const map: Record<string, unknown> = {};
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      Object.defineProperty(map, typeof key === 'string' ? key : JSON.stringify(key), {
        value: items[i + 1],
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return map;
  }

  #dispatch(): unknown {
    const next = this.#text[this.#at + 1];
    if (next === undefined) return this.#ended('a form after "#"');
    if (next === '{') {
      this.#advance(1);
      return this.#sequence('}');
    }
    this.#advance(1);
    this.#token();
    return this.#form();
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    for (;;) {
      const c = this.#text[end];
      if (c === undefined) return this.#ended('the closing quote of a string');
      if (c === '"') break;
      end += c === '\\' ? 2 : 1;
    }
    const literal = this.#text.slice(start, end + 1);
    this.#advance(literal.length);
    if (!/[\\\n\r\t]/.test(literal)) return literal.slice(1, -1);
    try {
      return JSON.parse(
        literal.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t'),
      ) as string;
    } catch {
      return this.refuse(
        'a string with an unknown escape',
        'a valid string',
        'Correct the string.',
      );
    }
  }

  #character(): string {
    this.#advance(1);
    const token = this.#text[this.#at] === undefined ? '' : this.#token(1);
    return CHARACTERS.get(token) ?? token;
  }

  #atom(): unknown {
    const [line, column] = [this.#line, this.#column];
    const token = this.#token();
    if (token === 'nil') return null;
    if (token === 'true') return true;
    if (token === 'false') return false;
    if (token.startsWith(':') && token.length > 1) return token.slice(1);
    if (/^[+-]?\d+N?$/.test(token)) {
      const digits = token.replace(/N$/, '').replace(/^\+/, '');
      const value = Number(digits);
      return Number.isSafeInteger(value) ? value : BigInt(digits);
    }
    if (/^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?M?$/.test(token)) return Number(token.replace(/M$/, ''));
    if (/^[+-]?\d+\/\d+$/.test(token) || /^[A-Za-z*!_?$%&=<>./+-][^#]*$/.test(token)) return token;
    [this.#line, this.#column] = [line, column];
    return this.refuse(
      `"${token}" is no EDN`,
      'nil, a number, a :keyword or a string',
      'Correct it.',
    );
  }

  #token(atLeast = 0): string {
    let end = this.#at + atLeast;
    while (end < this.#text.length && !DELIMITERS.has(this.#text[end]!)) end++;
    if (end >= this.#text.length && !this.#final) throw new EdnNeedsMore();
    const token = this.#text.slice(this.#at, end);
    this.#advance(token.length);
    return token;
  }

  #space(): void {
    for (;;) {
      const c = this.#text[this.#at];
      if (c === ';') {
        const end = this.#text.indexOf('\n', this.#at);
        if (end < 0 && !this.#final) throw new EdnNeedsMore();
        this.#advance((end < 0 ? this.#text.length : end) - this.#at);
      } else if (c === '#' && this.#text[this.#at + 1] === '_') {
        this.#advance(2);
        this.#form();
      } else if (c === ' ' || c === '\n' || c === ',' || c === '\t' || c === '\r' || c === '\ufeff')
        this.#advance(1);
      else return;
    }
  }

  #advance(count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.#text[this.#at++] === '\n') {
        this.#line++;
        this.#column = 1;
      } else this.#column++;
    }
  }

  #ended(expected: string): never {
    if (!this.#final) throw new EdnNeedsMore();
    return this.refuse(
      'the file ends in the middle of a form',
      expected,
      'Is the file truncated? Write it again, or close the open brackets.',
    );
  }
}
