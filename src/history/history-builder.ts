import { ABSENT, ValueTable } from './value-table.ts';
import { HistoryError } from './history-error.ts';
import { FAIL, History, INFO, NEVER, NO_KEY, OK } from './history.ts';
import type { Dialect, Status } from './history.ts';
import { NameTable } from './name-table.ts';
import { positionsByTime } from './positions-by-time.ts';

const NOTHING_OPEN = -1;
const DEAD = -2;
/** Keys that are integers below this are looked up in an array. */
const SMALL_KEYS = 1024;

function grown<A extends Int32Array | Uint16Array | Uint8Array | Float64Array>(
  array: A,
  length: number,
): A {
  const copy = new (array.constructor as new (length: number) => A)(length);
  copy.set(array);
  return copy;
}

/**
 * Collects a history event by event into columns. It enforces what makes a history one: a process has one operation open
 * at a time, a completion answers an invocation, and a process whose operation ended `info` never acts again.
 */
export class HistoryBuilder {
  readonly values = new ValueTable();
  readonly #file: string | undefined;
  readonly #processes = new NameTable<number | string>();
  readonly #functions = new NameTable<string>();
  readonly #errors = new NameTable<string>(['']);
  readonly #keys = new NameTable<number>();
  #smallKeys = new Int32Array(2 * SMALL_KEYS);
  /** Per process: the open operation, NOTHING_OPEN, or DEAD after an info. */
  #open: number[] = [];
  #capacity = 256;
  #count = 0;
  #position = 0;
  #process = new Int32Array(256);
  #f = new Uint16Array(256);
  #key = new Int32Array(256);
  #input = new Int32Array(256);
  #output = new Int32Array(256);
  #status = new Uint8Array(256);
  #error = new Uint16Array(256);
  #invoke = new Int32Array(256);
  #complete = new Int32Array(256);
  #invokeTime = new Float64Array(256);
  #completeTime = new Float64Array(256);
  #invokeLine = new Int32Array(256);
  #completeLine = new Int32Array(256);

  /** `file` is only used to name the place of an error. */
  constructor(file?: string) {
    this.#file = file;
  }

  /** Operations so far. */
  get length(): number {
    return this.#count;
  }

  /**
   * A client asks. `key` and `value` are plain data (`undefined`: none). Returns the operation's index.
   * @throws HistoryError when the process has an operation open or ended with `info`.
   */
  invoke(
    process: number | string,
    f: string,
    key: unknown,
    value: unknown,
    timeUs = NaN,
    line?: number,
    column?: number,
  ): number {
    const keyCode = key === undefined ? ABSENT : this.values.intern(key);
    return this.invokeCoded(process, f, keyCode, this.values.intern(value), timeUs, line, column);
  }

  /** As {@link invoke}, with key and value already interned in `values`. */
  invokeCoded(
    process: number | string,
    f: string,
    keyCode: number,
    valueCode: number,
    timeUs: number,
    line = 0,
    column?: number,
  ): number {
    return this.invokeIndexed(
      this.processIndex(process),
      this.functionIndex(f),
      keyCode,
      valueCode,
      timeUs,
      line,
      column,
    );
  }

  /** The number under which {@link invokeIndexed} and {@link completeIndexed} know a process. */
  processIndex(process: number | string): number {
    return this.#processes.index(process);
  }

  /** The number under which {@link invokeIndexed} knows a function. */
  functionIndex(f: string): number {
    return this.#functions.index(f);
  }

  /** As {@link invokeCoded}, for readers that have looked up process and function themselves. */
  invokeIndexed(
    p: number,
    f: number,
    keyCode: number,
    valueCode: number,
    timeUs: number,
    line: number,
    column?: number,
  ): number {
    const open = this.#open[p] ?? NOTHING_OPEN;
    if (open !== NOTHING_OPEN) this.#refuseInvoke(p, open, this.#functions.names[f]!, line, column);
    if (this.#count === this.#capacity) this.#grow();
    const index = this.#count++;
    this.#open[p] = index;
    this.#process[index] = p;
    this.#f[index] = f;
    this.#key[index] = keyCode === ABSENT ? NO_KEY : this.#keyIndex(keyCode);
    this.#input[index] = valueCode;
    this.#output[index] = ABSENT;
    this.#status[index] = INFO;
    this.#invoke[index] = this.#position++;
    this.#complete[index] = NEVER;
    this.#invokeTime[index] = timeUs;
    this.#completeTime[index] = NaN;
    this.#invokeLine[index] = line;
    return index;
  }

  /**
   * A client is answered. Without a `value` the output is unknown (the models take a write's from its invocation).
   * @throws HistoryError when the process has no operation open.
   */
  complete(
    process: number | string,
    status: Status,
    value?: unknown,
    timeUs = NaN,
    error?: string | null,
    line?: number,
    column?: number,
  ): number {
    const code = status === 'ok' ? OK : status === 'fail' ? FAIL : INFO;
    const valueCode = this.values.intern(value);
    const index = this.completeCoded(process, code, valueCode, timeUs, line, column);
    if (error !== undefined && error !== null) this.#error[index] = this.#errors.index(error);
    return index;
  }

  /** As {@link complete}, with the status as a code and the value already interned. */
  completeCoded(
    process: number | string,
    status: number,
    valueCode: number,
    timeUs: number,
    line = 0,
    column?: number,
  ): number {
    return this.completeIndexed(
      this.processIndex(process),
      status,
      valueCode,
      timeUs,
      line,
      column,
    );
  }

  /** As {@link completeCoded}, for readers that have looked up the process themselves. */
  completeIndexed(
    p: number,
    status: number,
    valueCode: number,
    timeUs: number,
    line: number,
    column?: number,
  ): number {
    const index = this.#open[p] ?? NOTHING_OPEN;
    if (index < 0)
      throw this.#errorAt(
        line,
        column,
        `process ${this.#processes.names[p]!} completes an operation that it never invoked`,
        'an "invoke" of this process before its "ok", "fail" or "info"',
        index === DEAD
          ? 'Its last operation already ended with "info"; give the client a new process number after an info.'
          : 'Add the missing invoke line, or remove this line.',
      );
    this.#output[index] = valueCode;
    this.#status[index] = status;
    if (status !== INFO) this.#complete[index] = this.#position++;
    this.#completeTime[index] = timeUs;
    this.#completeLine[index] = line;
    this.#open[p] = status === INFO ? DEAD : NOTHING_OPEN;
    return index;
  }

  /** The function of the operation that a process has open; `undefined` when there is none. */
  openFunction(process: number | string): string | undefined {
    const index = this.#open[this.processIndex(process)] ?? NOTHING_OPEN;
    return index < 0 ? undefined : this.#functions.names[this.#f[index]!]!;
  }

  /** As {@link openFunction}, by numbers; -1 when there is none. */
  openFunctionIndex(p: number): number {
    const index = this.#open[p] ?? NOTHING_OPEN;
    return index < 0 ? -1 : this.#f[index]!;
  }

  /**
   * The finished history. `order: 'time'` derives real-time order from the timestamps instead of the order of the lines;
   * equal timestamps are then concurrent, also within one process (closed intervals).
   * @throws HistoryError when ordering by time and an event has no time, or ends before it began.
   */
  build(options: { dialect?: Dialect; order?: 'line' | 'time' } = {}): History {
    const n = this.#count;
    const columns = {
      process: this.#process.slice(0, n),
      f: this.#f.slice(0, n),
      key: this.#key.slice(0, n),
      input: this.#input.slice(0, n),
      output: this.#output.slice(0, n),
      status: this.#status.slice(0, n),
      error: this.#error.slice(0, n),
      invoke: this.#invoke.slice(0, n),
      complete: this.#complete.slice(0, n),
      invokeTimeUs: this.#invokeTime.slice(0, n),
      completeTimeUs: this.#completeTime.slice(0, n),
      invokeLine: this.#invokeLine.slice(0, n),
      completeLine: this.#completeLine.slice(0, n),
      processes: [...this.#processes.names],
      functions: [...this.#functions.names],
      keys: this.#keys.names.map((code) => this.values.decode(code)),
      errors: [...this.#errors.names],
      values: this.values,
      file: this.#file,
    };
    return new History(
      options.order === 'time' ? positionsByTime(columns) : columns,
      options.dialect,
    );
  }

  #keyIndex(keyCode: number): number {
    if (keyCode < 0 || keyCode >= 2 * SMALL_KEYS) return this.#keys.index(keyCode);
    let index = this.#smallKeys[keyCode]! - 1;
    if (index < 0) {
      index = this.#keys.index(keyCode);
      this.#smallKeys[keyCode] = index + 1;
    }
    return index;
  }

  #refuseInvoke(p: number, open: number, f: string, line: number, column?: number): never {
    const process = this.#processes.names[p]!;
    if (open === DEAD)
      throw this.#errorAt(
        line,
        column,
        `process ${process} invokes ${f} after its operation ended with "info"`,
        'a process that got "info" (unknown outcome) to stay silent',
        'Give the client a new process number after an info: its old operation may still be running.',
      );
    const where = this.#invokeLine[open]! > 0 ? ` (line ${this.#invokeLine[open]!})` : '';
    throw this.#errorAt(
      line,
      column,
      `process ${process} invokes ${f} while its ${this.#functions.names[this.#f[open]!]!}${where} is still open`,
      'one open operation per process',
      'Complete the first one ("info" when nobody knows its outcome), or use another process number.',
    );
  }

  #errorAt(
    line: number,
    column: number | undefined,
    problem: string,
    expected: string,
    fix: string,
  ): HistoryError {
    return new HistoryError(
      { file: this.#file, line: line > 0 ? line : undefined, column },
      problem,
      expected,
      fix,
    );
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#process = grown(this.#process, this.#capacity);
    this.#f = grown(this.#f, this.#capacity);
    this.#key = grown(this.#key, this.#capacity);
    this.#input = grown(this.#input, this.#capacity);
    this.#output = grown(this.#output, this.#capacity);
    this.#status = grown(this.#status, this.#capacity);
    this.#error = grown(this.#error, this.#capacity);
    this.#invoke = grown(this.#invoke, this.#capacity);
    this.#complete = grown(this.#complete, this.#capacity);
    this.#invokeTime = grown(this.#invokeTime, this.#capacity);
    this.#completeTime = grown(this.#completeTime, this.#capacity);
    this.#invokeLine = grown(this.#invokeLine, this.#capacity);
    this.#completeLine = grown(this.#completeLine, this.#capacity);
  }
}
