import type { Buffer } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { EdnParser } from './edn-parser.ts';
import { recordEvent } from './event-record.ts';
import type { EventOptions } from './event-record.ts';
import type { HistoryBuilder } from './history-builder.ts';
import { HistoryError } from './history-error.ts';

const EVENT =
  /^INFO\s+jepsen\.util\s+-\s+(\S+)\s+:(invoke|ok|fail|info)\s+:([^\s]+)(?:\s+(.*?))?\s*$/;

/**
 * Reads the lines that Jepsen wrote to its log and Porcupine ships as test data:
 * `INFO  jepsen.util - 0<tab>:invoke<tab>:write<tab>4`. Lines of other loggers are skipped and counted.
 */
export class PorcupineLogReader {
  skipped = 0;
  readonly #builder: HistoryBuilder;
  readonly #options: EventOptions;
  readonly #decoder = new StringDecoder('utf8');
  #carry = '';
  #line = 0;

  constructor(builder: HistoryBuilder, options: EventOptions) {
    this.#builder = builder;
    this.#options = options;
  }

  push(chunk: Buffer): void {
    const lines = (this.#carry + this.#decoder.write(chunk)).split('\n');
    this.#carry = lines.pop()!;
    for (const line of lines) this.#lineOf(line);
  }

  end(): void {
    if (this.#carry !== '') this.#lineOf(this.#carry);
  }

  #lineOf(text: string): void {
    this.#line++;
    if (text.trim() === '') return;
    const match = EVENT.exec(text);
    if (match === null) {
      if (/jepsen\.util\s+-\s+\d+\s/.test(text) || /^INFO?\s*(?:jepsen\S*)?\s*$/.test(text))
        throw new HistoryError(
          { file: this.#options.file, line: this.#line, column: 1 },
          'a jepsen.util line that is not an event',
          'INFO  jepsen.util - <process> :invoke|:ok|:fail|:info :<f> <value>, separated by tabs',
          'Is the file truncated? Correct the line, or remove it.',
        );
      this.skipped++;
      return;
    }
    const [, processText, type, f, valueText] = match;
    const unknown = valueText?.startsWith(':') === true && type !== 'invoke' && type !== 'ok';
    const parser = new EdnParser(this.#options.file);
    parser.push(valueText ?? 'nil', true);
    const value = parser.form();
    const recorded = recordEvent(
      this.#builder,
      {
        process: /^\d+$/.test(processText!) ? Number(processText) : processText!.replace(/^:/, ''),
        type,
        f,
        key: undefined,
        value: unknown ? undefined : value,
        error: unknown ? value : undefined,
        timeUs: NaN,
        line: this.#line,
      },
      this.#options,
    );
    if (!recorded) this.skipped++;
  }
}
