import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { detectFormat } from './detect-format.ts';
import type { HistoryFormat } from './detect-format.ts';
import { EdnReader } from './edn-reader.ts';
import { HistoryBuilder } from './history-builder.ts';
import { HistoryError } from './history-error.ts';
import type { Dialect, History } from './history.ts';
import { JsonlReader } from './jsonl-reader.ts';
import { PorcupineJsonReader } from './porcupine-json-reader.ts';
import { PorcupineLogReader } from './porcupine-log-reader.ts';

export interface ReadOptions {
  /** Default `auto`: told by the first bytes. */
  readonly format?: HistoryFormat | 'auto' | undefined;
  /** The name that errors give; {@link readHistory} takes the path. */
  readonly file?: string | undefined;
  /** Values are `[key, value]` pairs of independent objects (jepsen.independent). */
  readonly independent?: boolean | undefined;
  /** Real-time order by line (default) or by the time of each event. */
  readonly order?: 'line' | 'time' | undefined;
  /** Overrides what the format implies. */
  readonly dialect?: Partial<Dialect> | undefined;
}

export interface ReadResult {
  readonly history: History;
  readonly format: HistoryFormat;
  /** Events and lines that are no client's operation (nemesis, other loggers). */
  readonly skipped: number;
}

const DIALECTS: Readonly<Record<HistoryFormat, Dialect>> = {
  jsonl: { initial: null, nilRead: 'value', casFail: 'compare-if-said' },
  edn: { initial: null, nilRead: 'unknown', casFail: 'no-effect' },
  porcupine: { initial: null, nilRead: 'value', casFail: 'compare-failed' },
  'porcupine-json': { initial: null, nilRead: 'value', casFail: 'compare-if-said' },
  kv: { initial: '', nilRead: 'value', casFail: 'compare-failed' },
};

const CHUNK_BYTES = 1 << 18;
/** As many bytes are looked at to tell the format. */
const DETECTION_BYTES = 1 << 16;

interface FormatReader {
  skipped: number;
  push(chunk: Buffer): void;
  end(): void;
}

/**
 * Reads a history file of any supported format, gzipped or not, in one pass over its chunks.
 * @throws HistoryError naming file, line and column when it is not a history.
 */
export async function readHistory(path: string, options: ReadOptions = {}): Promise<ReadResult> {
  const named = { ...options, file: options.file ?? path };
  const reading = new Reading(named);
  try {
    const file = await open(path);
    const head = Buffer.alloc(2);
    await file.read(head, 0, 2, 0);
    const source = file.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES });
    const consume = async (chunks: AsyncIterable<unknown>): Promise<void> => {
      for await (const chunk of chunks) reading.push(chunk as Buffer);
    };
    if (isGzip(head)) await pipeline(source, createGunzip({ chunkSize: CHUNK_BYTES }), consume);
    else await pipeline(source, consume);
    return reading.finish();
  } catch (error) {
    throw explained(error, named.file);
  }
}

/** Reads a history from memory; `text` may be the bytes of a file, gzipped or not. Errors as {@link readHistory}. */
export function parseHistory(text: string | Uint8Array, options: ReadOptions = {}): ReadResult {
  const reading = new Reading(options);
  const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text);
  try {
    reading.push(isGzip(bytes) ? gunzipSync(bytes) : bytes);
    return reading.finish();
  } catch (error) {
    throw explained(error, options.file);
  }
}

class Reading {
  readonly #options: ReadOptions;
  readonly #builder: HistoryBuilder;
  #head: Buffer = Buffer.alloc(0);
  #reader: FormatReader | undefined;
  #format: HistoryFormat = 'jsonl';

  constructor(options: ReadOptions) {
    this.#options = options;
    this.#builder = new HistoryBuilder(options.file);
  }

  push(chunk: Buffer): void {
    if (this.#reader !== undefined) {
      this.#reader.push(chunk);
      return;
    }
    this.#head = Buffer.concat([this.#head, chunk]);
    if (this.#head.length >= DETECTION_BYTES) this.#start();
  }

  finish(): ReadResult {
    const reader = this.#reader ?? this.#start();
    reader.end();
    if (this.#builder.length === 0)
      throw new HistoryError(
        { file: this.#options.file },
        'a history without operations',
        'at least one invocation',
        'Nothing was judged: is it the right file, and did the recording client run?',
      );
    const dialect = { ...DIALECTS[this.#format], ...this.#options.dialect };
    const history = this.#builder.build({ dialect, order: this.#options.order ?? 'line' });
    return { history, format: this.#format, skipped: reader.skipped };
  }

  #start(): FormatReader {
    const asked = this.#options.format ?? 'auto';
    this.#format = asked === 'auto' ? detectFormat(this.#head, this.#options.file) : asked;
    const Reader =
      this.#format === 'jsonl'
        ? JsonlReader
        : this.#format === 'porcupine'
          ? PorcupineLogReader
          : this.#format === 'porcupine-json'
            ? PorcupineJsonReader
            : EdnReader;
    const { file, independent } = this.#options;
    this.#reader = new Reader(this.#builder, { file, independent });
    this.#reader.push(this.#head);
    return this.#reader;
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function explained(error: unknown, file: string | undefined): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'Z_BUF_ERROR' || code === 'Z_DATA_ERROR')
    return new HistoryError(
      { file },
      code === 'Z_BUF_ERROR' ? 'the gzip data end too early' : 'the gzip data are damaged',
      'a whole gzip file',
      'Copy or compress the file again: a partly read history is never judged.',
    );
  if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES')
    return new HistoryError(
      { file },
      code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a directory' : 'not readable',
      'a history file',
      'Check the path.',
    );
  return error;
}
