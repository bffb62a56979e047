import { FAIL, INFO, OK, type History } from '../../history/history.ts';
import { ABSENT, NULL_VALUE } from '../../history/value-table.ts';
import { complain } from '../compile/complain.ts';
import { casWasRefused, isPair, plainStoreDefinition } from '../models/register.ts';
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

/**
 * Reads a history of read/get, write/put, cas and delete, with or without keys, as a shared memory. Failed operations and
 * reads without an answer are left out; a write of unknown outcome stays as optional.
 * @throws CheckError when a cas does not carry `[from, to]`.
 */
export function memoryOf(history: History): MemoryReading {
  const { columns, dialect, values } = history;
  const roleOf = columns.functions.map((name) => plainStoreDefinition.registerFunction(name));
  const stranger = columns.f.findIndex((f) => roleOf[f] === undefined);
  if (stranger >= 0)
    return {
      kind: 'not a memory',
      reason: `operation "${columns.functions[columns.f[stranger]!]!}" (#${stranger}) is none of ${plainStoreDefinition.functions.join(', ')}`,
    };
  const pairs = new CasPairs(history);
  const falseCode = values.intern(false);
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
    complete: new Int32Array(n),
  };
  let count = 0;
  for (let index = 0; index < n; index += 1) {
    const role = roleOf[columns.f[index]!]!;
    const status = columns.status[index]!;
    if (status === FAIL) {
      if (role === 'cas' && casWasRefused(errorOf(history, index), dialect))
        refusedComparisons.push(index);
      else if (role !== 'read') failedWrites.push(index);
      continue;
    }
    let read = NO_VALUE;
    let write = NO_VALUE;
    if (role === 'read') {
      read = columns.output[index]!;
      const unknown =
        status === INFO ||
        read === ABSENT ||
        (read === NULL_VALUE && dialect.nilRead === 'unknown');
      if (unknown) continue;
    } else if (role === 'cas') {
      if (status === OK && columns.output[index] === falseCode) {
        refusedComparisons.push(index);
        continue;
      }
      [read, write] = pairs.of(index);
    } else if (role === 'write' && columns.input[index] !== ABSENT) write = columns.input[index]!;
    else write = NULL_VALUE;
    rows.process[count] = columns.process[index]!;
    rows.key[count] = columns.key[index]!;
    rows.read[count] = read;
    rows.write[count] = write;
    rows.optional[count] = Number(status === INFO);
    rows.operation[count] = index;
    rows.complete[count] = columns.complete[index]!;
    count += 1;
  }
  const used = {
    process: rows.process.subarray(0, count),
    key: rows.key.subarray(0, count),
    read: rows.read.subarray(0, count),
    write: rows.write.subarray(0, count),
    optional: rows.optional.subarray(0, count),
    operation: rows.operation.subarray(0, count),
    complete: rows.complete.subarray(0, count),
  };
  const memory = groupByProcess(used, values.intern(dialect.initial));
  return { kind: 'memory', memory, refusedComparisons, failedWrites };
}

function errorOf(history: History, index: number): string | null {
  const error = history.columns.error[index]!;
  return error === 0 ? null : history.columns.errors[error]!;
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
      if (!isPair(value)) complain(this.#history, index, 'a cas carries [from, to]');
      pair = [values.intern(value[0]), values.intern(value[1])];
      this.#known.set(code, pair);
    }
    return pair;
  }
}
