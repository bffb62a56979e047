import { HistoryError } from '../../history/history-error.ts';
import { FAIL, INFO, type History } from '../../history/history.ts';
import { ABSENT, NULL_VALUE } from '../../history/value-table.ts';
import { groupByProcess, NO_VALUE, type Memory } from './memory.ts';

/** A history seen as a shared memory of registers, or why it is none. */
export type MemoryReading =
  | {
      readonly kind: 'memory';
      readonly memory: Memory;
      /** Compare-and-sets that found another value: they constrain the state in a way `memory` does not show. */
      readonly refusedComparisons: readonly number[];
      /** Writes that failed, so took no effect: whoever reads their value reads dirt. */
      readonly failedWrites: readonly number[];
    }
  | { readonly kind: 'not a memory'; readonly reason: string };

const READ = 1;
const WRITE = 2;
const CAS = 3;
const DELETE = 4;

/** The operations of a register or key-value store, by the names that formats use. */
const roles: ReadonlyMap<string, number> = new Map([
  ['read', READ],
  ['get', READ],
  ['write', WRITE],
  ['put', WRITE],
  ['cas', CAS],
  ['delete', DELETE],
]);

/**
 * Reads a history of read/get, write/put, cas and delete, with or without keys, as a shared memory. Failed operations and
 * reads without an answer are left out; a write of unknown outcome stays as optional.
 * @throws HistoryError when a cas does not carry `[from, to]`.
 */
export function memoryOf(history: History): MemoryReading {
  const { columns, dialect, values } = history;
  const roleOf = columns.functions.map((name) => roles.get(name) ?? 0);
  const stranger = columns.f.findIndex((f) => roleOf[f] === 0);
  if (stranger >= 0)
    return {
      kind: 'not a memory',
      reason: `operation "${columns.functions[columns.f[stranger]!]!}" (#${stranger}) is none of read, get, write, put, cas, delete`,
    };
  const pairs = new CasPairs(history);
  const refusedComparisons: number[] = [];
  const failedWrites: number[] = [];
  const n = history.length;
  const rows = {
    process: new Int32Array(n),
    key: new Int32Array(n),
    read: new Int32Array(n),
    write: new Int32Array(n),
    optional: new Uint8Array(n),
    operation: new Int32Array(n),
  };
  let count = 0;
  for (let index = 0; index < n; index += 1) {
    const role = roleOf[columns.f[index]!]!;
    const status = columns.status[index]!;
    if (status === FAIL) {
      if (role === CAS && comparisonRefused(history, index)) refusedComparisons.push(index);
      else if (role !== READ) failedWrites.push(index);
      continue;
    }
    let read = NO_VALUE;
    let write = NO_VALUE;
    if (role === READ) {
      read = columns.output[index]!;
      const unknown =
        status === INFO ||
        read === ABSENT ||
        (read === NULL_VALUE && dialect.nilRead === 'unknown');
      if (unknown) continue;
    } else if (role === WRITE) write = columns.input[index]!;
    else if (role === DELETE) write = NULL_VALUE;
    else [read, write] = pairs.of(index);
    rows.process[count] = columns.process[index]!;
    rows.key[count] = columns.key[index]!;
    rows.read[count] = read;
    rows.write[count] = write;
    rows.optional[count] = Number(status === INFO);
    rows.operation[count] = index;
    count += 1;
  }
  const used = {
    process: rows.process.subarray(0, count),
    key: rows.key.subarray(0, count),
    read: rows.read.subarray(0, count),
    write: rows.write.subarray(0, count),
    optional: rows.optional.subarray(0, count),
    operation: rows.operation.subarray(0, count),
  };
  const memory = groupByProcess(used, values.intern(dialect.initial));
  return { kind: 'memory', memory, refusedComparisons, failedWrites };
}

function comparisonRefused(history: History, index: number): boolean {
  const { casFail } = history.dialect;
  if (casFail !== 'compare-if-said') return casFail === 'compare-failed';
  return history.columns.errors[history.columns.error[index]!] === 'compare';
}

/** The `[from, to]` of every cas, decoded once per distinct pair. */
class CasPairs {
  readonly #history: History;
  readonly #known = new Map<number, readonly [number, number]>();

  constructor(history: History) {
    this.#history = history;
  }

  of(index: number): readonly [number, number] {
    const { columns, values } = this.#history;
    const code = columns.input[index]!;
    let pair = this.#known.get(code);
    if (pair === undefined) {
      const value: unknown = values.decode(code);
      if (!Array.isArray(value) || value.length !== 2)
        throw new HistoryError(
          { file: columns.file, line: columns.invokeLine[index]! || undefined },
          `cas (#${index}) with value ${values.text(code)}`,
          'a pair [from, to]',
          'Write the expected and the new value as an array of two.',
        );
      pair = [values.intern(value[0]), values.intern(value[1])];
      this.#known.set(code, pair);
    }
    return pair;
  }
}
