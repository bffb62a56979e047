import type { ValueTable } from './value-table.ts';

/** {@link HistoryColumns.status} codes. Pending operations (never completed) are `INFO`: unknown outcome. */
export const OK = 0;
export const FAIL = 1;
export const INFO = 2;

/** {@link HistoryColumns.complete} of an operation whose end was never seen, or whose outcome is unknown. */
export const NEVER = 0x7fffffff;
/** {@link HistoryColumns.key} of an operation without a key. */
export const NO_KEY = -1;

export type Status = 'ok' | 'fail' | 'info';
export const STATUS_NAMES: readonly Status[] = ['ok', 'fail', 'info'];

/**
 * The columns of a history; every array has one entry an operation, in order of invocation.
 * Positions are a total order of all invocations and completions: `a` precedes `b` in real time exactly if
 * `complete[a] < invoke[b]`.
 */
export interface HistoryColumns {
  /** Dense index into `processes`. */
  readonly process: Int32Array;
  /** Index into `functions`. */
  readonly f: Uint16Array;
  /** Index into `keys`, or {@link NO_KEY}. */
  readonly key: Int32Array;
  /** Value codes ({@link ValueTable}): the argument of the invocation. */
  readonly input: Int32Array;
  /** Value codes: the value of the completion, `ABSENT` without one. */
  readonly output: Int32Array;
  readonly status: Uint8Array;
  /** Index into `errors`; 0 is "no error given". */
  readonly error: Uint16Array;
  readonly invoke: Int32Array;
  /** {@link NEVER} for every `INFO` operation, also when its `info` line has a place in the file. */
  readonly complete: Int32Array;
  /** Microseconds, NaN when unknown. */
  readonly invokeTimeUs: Float64Array;
  readonly completeTimeUs: Float64Array;
  /** Source lines, from 1; 0 when the history came from no file. */
  readonly invokeLine: Int32Array;
  readonly completeLine: Int32Array;
  readonly processes: readonly (number | string)[];
  readonly functions: readonly string[];
  readonly keys: readonly unknown[];
  readonly errors: readonly string[];
  readonly values: ValueTable;
  readonly file: string | undefined;
}

/** What the format of a history says about values (DESIGN §6); a reader sets it, a caller may override it. */
export interface Dialect {
  /** The state before the first operation. */
  readonly initial: unknown;
  /** Whether an ok read of null saw the value null, or nobody knows what it saw. */
  readonly nilRead: 'value' | 'unknown';
  /** Whether a failed cas did not happen at all, or happened, compared and found another value. */
  readonly casFail: 'no-effect' | 'compare-failed' | 'compare-if-said';
}

export const DEFAULT_DIALECT: Dialect = {
  initial: null,
  nilRead: 'value',
  casFail: 'compare-if-said',
};

/** One operation as a plain object, for slow paths: explanations, tests, reports. */
export interface Operation {
  readonly index: number;
  readonly process: number | string;
  readonly f: string;
  /** `undefined` when the operation has no key. */
  readonly key: unknown;
  readonly input: unknown;
  /** `undefined` when the operation has no completion. */
  readonly output: unknown;
  readonly status: Status;
  readonly error: string | null;
  /** Position of the invocation in the total order of events. */
  readonly invoke: number;
  /** Position of the completion; `Infinity` when the outcome is unknown. */
  readonly complete: number;
  /** Virtual or real time in µs; NaN when unknown. */
  readonly invokeTimeUs: number;
  readonly completeTimeUs: number;
  /** Source lines from 1, 0 when there is no file; `completeLine` is 0 for a pending operation. */
  readonly line: number;
  readonly completeLine: number;
}

/** A recorded history: what clients asked, what they were told, and in which order. Immutable. */
export class History {
  readonly columns: HistoryColumns;
  /** How many operations there are. */
  readonly length: number;
  readonly dialect: Dialect;

  constructor(columns: HistoryColumns, dialect: Dialect = DEFAULT_DIALECT) {
    this.columns = columns;
    this.length = columns.invoke.length;
    this.dialect = dialect;
  }

  get values(): ValueTable {
    return this.columns.values;
  }

  /** The same operations read in another dialect. */
  withDialect(dialect: Partial<Dialect>): History {
    return new History(this.columns, { ...this.dialect, ...dialect });
  }

  /** @throws RangeError when there is no operation `index`. */
  operation(index: number): Operation {
    if (!Number.isInteger(index) || index < 0 || index >= this.length)
      throw new RangeError(`no operation ${index}: this history has ${this.length} operations`);
    const c = this.columns;
    const key = c.key[index]!;
    const error = c.error[index]!;
    const complete = c.complete[index]!;
    return {
      index,
      process: c.processes[c.process[index]!]!,
      f: c.functions[c.f[index]!]!,
      key: key === NO_KEY ? undefined : c.keys[key],
      input: c.values.decode(c.input[index]!),
      output: c.values.decode(c.output[index]!),
      status: STATUS_NAMES[c.status[index]!]!,
      error: error === 0 ? null : c.errors[error]!,
      invoke: c.invoke[index]!,
      complete: complete === NEVER ? Infinity : complete,
      invokeTimeUs: c.invokeTimeUs[index]!,
      completeTimeUs: c.completeTimeUs[index]!,
      line: c.invokeLine[index]!,
      completeLine: c.completeLine[index]!,
    };
  }

  /** Every operation as a plain object, in order of invocation. For small histories. */
  operations(): Operation[] {
    return Array.from({ length: this.length }, (_, index) => this.operation(index));
  }
}
