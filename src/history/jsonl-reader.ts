import { Buffer } from 'node:buffer';
import { recordEvent } from './event-record.ts';
import type { EventOptions } from './event-record.ts';
import type { HistoryBuilder } from './history-builder.ts';
import { HistoryError } from './history-error.ts';
import { JsonParser } from './json-parser.ts';
import { JsonlScanner } from './jsonl-scanner.ts';

const NEWLINE = 0x0a;

/**
 * Reads JSON lines from chunks of bytes. Lines of the common shape are scanned without making objects; every other line
 * goes through the JSON parser. Lines that are not a client's are counted in `skipped`.
 */
export class JsonlReader {
  skipped = 0;
  readonly #builder: HistoryBuilder;
  readonly #options: EventOptions;
  readonly #scanner: JsonlScanner;
  #carry: Buffer | undefined;
  #line = 0;

  constructor(builder: HistoryBuilder, options: EventOptions) {
    this.#builder = builder;
    this.#options = options;
    this.#scanner = new JsonlScanner(builder);
  }

  push(chunk: Buffer): void {
    let start = 0;
    if (this.#carry !== undefined) {
      const end = chunk.indexOf(NEWLINE);
      const joined = Buffer.concat([this.#carry, end < 0 ? chunk : chunk.subarray(0, end)]);
      if (end < 0) {
        this.#carry = joined;
        return;
      }
      this.#carry = undefined;
      this.#lineOf(joined, 0, joined.length);
      start = end + 1;
    }
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#lineOf(chunk, start, end);
      start = end + 1;
    }
    if (start < chunk.length) this.#carry = Buffer.from(chunk.subarray(start));
  }

  end(): void {
    const rest = this.#carry;
    this.#carry = undefined;
    if (rest !== undefined) this.#lineOf(rest, 0, rest.length);
  }

  #lineOf(bytes: Buffer, start: number, end: number): void {
    this.#line++;
    if (this.#options.independent !== true && this.#scanner.scan(bytes, start, end, this.#line))
      return;
    const text = bytes.toString('utf8', start, end).replace(/^\ufeff/, '');
    if (text.trim() === '') return;
    const value = new JsonParser(text, this.#options.file, this.#line).parse();
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new HistoryError(
        { file: this.#options.file, line: this.#line, column: 1 },
        'a line that is not a JSON object',
        '{"process": 0, "type": "invoke", "f": "read", ...}',
        Array.isArray(value) ? 'A JSON array? Write one event a line: jq -c ".[]".' : 'Correct it.',
      );
    const event = value as Record<string, unknown>;
    const time = event['time'];
    const recorded = recordEvent(
      this.#builder,
      {
        process: event['process'],
        type: event['type'],
        f: event['f'],
        key: event['key'],
        value: event['value'],
        error: event['error'],
        timeUs: typeof time === 'number' ? time : NaN,
        line: this.#line,
        column: text.search(/\S/) + 1,
      },
      this.#options,
    );
    if (!recorded) this.skipped++;
  }
}
