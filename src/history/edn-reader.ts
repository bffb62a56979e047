import type { Buffer } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { EdnNeedsMore, EdnParser } from './edn-parser.ts';
import { recordEvent } from './event-record.ts';
import type { EventOptions } from './event-record.ts';
import type { HistoryBuilder } from './history-builder.ts';

const NANOSECONDS_PER_MICROSECOND = 1000;

/**
 * Reads Jepsen histories: a vector of operation maps, or one map after the other. A history whose maps carry no process
 * (Elle's examples) is read as a sequence of operations, each by a process of its own.
 */
export class EdnReader {
  skipped = 0;
  readonly #builder: HistoryBuilder;
  readonly #options: EventOptions;
  readonly #parser: EdnParser;
  readonly #decoder = new StringDecoder('utf8');
  #inVector = false;
  #closed = false;
  #lastIndex = -1;
  #anonymous = 0;

  constructor(builder: HistoryBuilder, options: EventOptions) {
    this.#builder = builder;
    this.#options = options;
    this.#parser = new EdnParser(options.file);
  }

  push(chunk: Buffer): void {
    this.#parser.push(this.#decoder.write(chunk), false);
    this.#drain();
  }

  end(): void {
    this.#parser.push(this.#decoder.end(), true);
    this.#drain();
    if (this.#inVector && !this.#closed)
      this.#parser.refuse(
        'the file ends inside the vector of operations',
        '"]"',
        'Is the file truncated? Write it again, or add the closing bracket.',
      );
  }

  #drain(): void {
    try {
      for (;;) {
        const next = this.#parser.peek();
        if (next === undefined) return;
        const { line, column } = this.#parser;
        if (next === '[' && !this.#inVector && this.#builder.length === 0) {
          this.#parser.skip();
          this.#inVector = true;
        } else if (next === ']' && this.#inVector && !this.#closed) {
          this.#parser.skip();
          this.#closed = true;
        } else if (this.#closed)
          this.#parser.refuse(
            'something follows the vector of operations',
            'the end of the file',
            'Keep one history a file.',
          );
        else this.#event(this.#parser.form(), line, column);
      }
    } catch (error) {
      if (!(error instanceof EdnNeedsMore)) throw error;
    }
  }

  #event(form: unknown, line: number, column: number): void {
    if (typeof form !== 'object' || form === null || Array.isArray(form))
      this.#parser.refuse(
        'a form that is not a map',
        '{:process 0, :type :invoke, :f :read, :value nil}',
        'Write one operation map per event.',
      );
    const event = form as Record<string, unknown>;
    this.#checkIndex(event['index']);
    const time = event['time'];
    const recorded = recordEvent(
      this.#builder,
      {
        process: this.#processOf(event),
        type: event['type'],
        f: event['f'] ?? undefined,
        key: event['key'],
        value: event['value'],
        error: event['error'] ?? undefined,
        timeUs: typeof time === 'number' ? time / NANOSECONDS_PER_MICROSECOND : NaN,
        line,
        column,
      },
      this.#options,
    );
    if (!recorded) this.skipped++;
  }

  #processOf(event: Record<string, unknown>): unknown {
    if ('process' in event) return event['process'];
    if (event['type'] === 'invoke') this.#anonymous++;
    return this.#anonymous - 1;
  }

  #checkIndex(index: unknown): void {
    if (typeof index !== 'number') return;
    if (index <= this.#lastIndex)
      this.#parser.refuse(
        `:index ${index} comes after :index ${this.#lastIndex}`,
        'indices that grow from event to event',
        'Sort the events by :index, or remove the indices if the order of the lines is right.',
      );
    this.#lastIndex = index;
  }
}
