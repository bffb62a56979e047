/** A step that reads or writes nothing has this in `read` or `write`. */
export const NO_VALUE = -1;

/**
 * A history of a shared memory, as columns: one step per operation, grouped by process and in program order inside
 * one. A step may read, write, or both (a compare-and-set that succeeded). Values and keys are small integers.
 *
 * Only operations that may have taken effect are here: failed ones and reads of unknown outcome are left out by
 * `memoryOf`. An `optional` step is a write of unknown outcome; it is always the last of its process.
 */
export interface Memory {
  readonly steps: number;
  readonly processes: number;
  readonly keys: number;
  /** First step of each process, and the number of steps at the end: `processes + 1` entries. */
  readonly firstStep: Int32Array;
  readonly process: Int32Array;
  readonly key: Int32Array;
  /** Value read, or NO_VALUE. */
  readonly read: Int32Array;
  /** Value written, or NO_VALUE. */
  readonly write: Int32Array;
  /** 1 where nobody knows whether the step took effect. */
  readonly optional: Uint8Array;
  /** Index of the operation in the history. */
  readonly operation: Int32Array;
  /** Position of the completion in the history's order of events: searches follow it, no verdict depends on it. */
  readonly complete: Int32Array;
  /** The value every key holds before the first write. */
  readonly initial: number;
}

export interface MemoryColumns {
  readonly process: Int32Array;
  readonly key: Int32Array;
  readonly read: Int32Array;
  readonly write: Int32Array;
  readonly optional: Uint8Array;
  readonly operation: Int32Array;
  readonly complete: Int32Array;
}

/** Sorts columns that keep each process's order into a memory: stable counting sort by process, dense ids. */
export function groupByProcess(columns: MemoryColumns, initial: number): Memory {
  const steps = columns.process.length;
  const processIds = denseIds(columns.process);
  const keyIds = denseIds(columns.key);
  const firstStep = new Int32Array(processIds.count + 1);
  for (const process of processIds.ids) firstStep[process + 1]! += 1;
  for (let p = 0; p < processIds.count; p += 1) firstStep[p + 1]! += firstStep[p]!;
  const cursor = firstStep.slice();
  const memory = {
    steps,
    processes: processIds.count,
    keys: keyIds.count,
    firstStep,
    process: new Int32Array(steps),
    key: new Int32Array(steps),
    read: new Int32Array(steps),
    write: new Int32Array(steps),
    optional: new Uint8Array(steps),
    operation: new Int32Array(steps),
    complete: new Int32Array(steps),
    initial,
  };
  for (let row = 0; row < steps; row += 1) {
    const process = processIds.ids[row]!;
    const step = cursor[process]!;
    cursor[process] = step + 1;
    memory.process[step] = process;
    memory.key[step] = keyIds.ids[row]!;
    memory.read[step] = columns.read[row]!;
    memory.write[step] = columns.write[row]!;
    memory.optional[step] = columns.optional[row]!;
    memory.operation[step] = columns.operation[row]!;
    memory.complete[step] = columns.complete[row]!;
  }
  return memory;
}

/** The memory with only the steps for which `keep` is true; each keeps its operation index. */
export function restrict(memory: Memory, keep: (step: number) => boolean): Memory {
  const kept: number[] = [];
  for (let step = 0; step < memory.steps; step += 1) if (keep(step)) kept.push(step);
  const pick = (column: Int32Array): Int32Array => Int32Array.from(kept, (step) => column[step]!);
  return groupByProcess(
    {
      process: pick(memory.process),
      key: pick(memory.key),
      read: pick(memory.read),
      write: pick(memory.write),
      optional: Uint8Array.from(kept, (step) => memory.optional[step]!),
      operation: pick(memory.operation),
      complete: pick(memory.complete),
    },
    memory.initial,
  );
}

function denseIds(column: Int32Array): { ids: Int32Array; count: number } {
  const ids = new Int32Array(column.length);
  const known = new Map<number, number>();
  for (let row = 0; row < column.length; row += 1) {
    let id = known.get(column[row]!);
    if (id === undefined) {
      id = known.size;
      known.set(column[row]!, id);
    }
    ids[row] = id;
  }
  return { ids, count: known.size };
}
