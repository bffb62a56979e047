import { HistoryError } from '../../history/history-error.ts';
import { FAIL, INFO, NEVER, type History } from '../../history/history.ts';

/** One micro-operation of a transaction. Keys and values are codes of the history's value table. */
export type MicroOperation =
  | { readonly f: 'append' | 'write'; readonly key: number; readonly value: number }
  | { readonly f: 'read'; readonly key: number; readonly value: number | readonly number[] };

/** What is known about the outcome: committed, aborted, or maybe committed (then its reads are not known). */
export type Outcome = 'committed' | 'aborted' | 'unknown';

export interface Transaction {
  /** Index of the operation in the history. */
  readonly operation: number;
  readonly process: number;
  readonly outcome: Outcome;
  readonly steps: readonly MicroOperation[];
  /** Positions in the history's total order of events; `complete` is NEVER for an unknown outcome. */
  readonly invoke: number;
  readonly complete: number;
}

export type TransactionReading =
  | {
      readonly kind: 'list-append' | 'rw-register';
      readonly transactions: readonly Transaction[];
    }
  | { readonly kind: 'not transactions'; readonly reason: string };

const functions: ReadonlyMap<string, 'append' | 'write' | 'read'> = new Map([
  ['append', 'append'],
  ['w', 'write'],
  ['write', 'write'],
  ['r', 'read'],
  ['read', 'read'],
]);

/**
 * Reads a history of `txn` operations whose value is a list of `[function, key, value]` with the functions append, r/read
 * and w/write. Reads of a list-append history carry lists; null is the empty list.
 * @throws HistoryError on a micro-operation of another shape.
 */
export function transactionsOf(history: History): TransactionReading {
  const { columns, values } = history;
  const stranger = columns.f.findIndex((f) => !isTransaction(columns.functions[f]!));
  if (stranger >= 0)
    return {
      kind: 'not transactions',
      reason: `operation "${columns.functions[columns.f[stranger]!]!}" (#${stranger}) is not a txn`,
    };
  const raw: RawStep[][] = [];
  let appends = -1;
  let writes = -1;
  for (let index = 0; index < history.length; index += 1) {
    const unanswered = columns.status[index] !== 0;
    const code = unanswered ? columns.input[index]! : columns.output[index]!;
    const steps = rawSteps(history, index, values.decode(code));
    raw.push(steps);
    for (const step of steps) {
      if (step.f === 'append') appends = index;
      if (step.f === 'write') writes = index;
    }
  }
  if (appends >= 0 && writes >= 0)
    return {
      kind: 'not transactions',
      reason: `#${appends} appends and #${writes} writes: a history is either list-append or read-write registers`,
    };
  const lists =
    appends >= 0 || (writes < 0 && raw.flat().some((step) => Array.isArray(step.value)));
  const transactions = raw.map((steps, index): Transaction => {
    const status = columns.status[index]!;
    const outcome = status === FAIL ? 'aborted' : status === INFO ? 'unknown' : 'committed';
    return {
      operation: index,
      process: columns.process[index]!,
      outcome,
      steps: steps.flatMap((step) => codedStep(history, index, step, lists, outcome)),
      invoke: columns.invoke[index]!,
      complete: status === INFO ? NEVER : columns.complete[index]!,
    };
  });
  return { kind: lists ? 'list-append' : 'rw-register', transactions };
}

/** Some Jepsen histories leave `:f` out. */
const isTransaction = (name: string): boolean => name === 'txn' || name === '';

interface RawStep {
  readonly f: 'append' | 'write' | 'read';
  readonly key: unknown;
  readonly value: unknown;
}

function rawSteps(history: History, index: number, value: unknown): RawStep[] {
  if (!Array.isArray(value))
    throw shapeError(
      history,
      index,
      `value ${value === undefined ? 'missing' : JSON.stringify(value)}`,
    );
  return value.map((step: unknown) => {
    const f = Array.isArray(step) ? functions.get(String(step[0]).replace(/^:/, '')) : undefined;
    if (!Array.isArray(step) || f === undefined || step.length < 2)
      throw shapeError(history, index, `micro-operation ${JSON.stringify(step)}`);
    return { f, key: step[1] as unknown, value: step[2] as unknown };
  });
}

function codedStep(
  history: History,
  index: number,
  step: RawStep,
  lists: boolean,
  outcome: Outcome,
): MicroOperation[] {
  const { values } = history;
  const key = values.intern(step.key);
  if (step.f !== 'read') return [{ f: step.f, key, value: values.intern(step.value ?? null) }];
  if (outcome !== 'committed') return [];
  if (!lists) return [{ f: 'read', key, value: values.intern(step.value ?? null) }];
  const list: unknown = step.value ?? [];
  if (!Array.isArray(list))
    throw shapeError(
      history,
      index,
      `read of ${JSON.stringify(step.key)} as ${JSON.stringify(list)}`,
    );
  return [{ f: 'read', key, value: list.map((element) => values.intern(element)) }];
}

function shapeError(history: History, index: number, what: string): HistoryError {
  return new HistoryError(
    { file: history.columns.file, line: history.columns.completeLine[index]! || undefined },
    `transaction #${index} has ${what}`,
    'a list of [function, key, value] with function append, r or w (lists for the reads of list-append)',
    'Correct the line, or judge this history with another model.',
  );
}
