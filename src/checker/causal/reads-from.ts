import { NO_VALUE, restrict, type Memory } from './memory.ts';

/** `from` of a step that reads nothing. */
const READS_NOTHING = -3;
/** `from` of a read whose value nobody wrote and which is not the initial value. */
export const THIN_AIR = -2;
/** `from` of a read of the initial value. */
export const INITIAL = -1;

/** A memory together with, for every read, the step whose write it returned. Every step took effect. */
export interface Execution {
  readonly memory: Memory;
  /** Per step: the step read from, or INITIAL, THIN_AIR, READS_NOTHING. */
  readonly from: Int32Array;
}

/** All candidate writers of (key, value), chained: the open-addressing table holds the first, `next` the others. */
class WriterTable {
  readonly #slots: Int32Array;
  readonly #next: Int32Array;
  readonly #memory: Memory;

  constructor(memory: Memory) {
    let size = 16;
    while (size < memory.steps * 2) size *= 2;
    this.#slots = new Int32Array(size).fill(-1);
    this.#next = new Int32Array(memory.steps).fill(-1);
    this.#memory = memory;
    for (let step = memory.steps - 1; step >= 0; step -= 1) {
      if (memory.write[step] === NO_VALUE) continue;
      const slot = this.#slot(memory.key[step]!, memory.write[step]!);
      this.#next[step] = this.#slots[slot]!;
      this.#slots[slot] = step;
    }
  }

  first(key: number, value: number): number {
    return this.#slots[this.#slot(key, value)]!;
  }

  next(step: number): number {
    return this.#next[step]!;
  }

  #slot(key: number, value: number): number {
    const mask = this.#slots.length - 1;
    const { key: keys, write } = this.#memory;
    let slot = (Math.imul(value, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b)) & mask;
    for (;;) {
      const step = this.#slots[slot]!;
      if (step === -1 || (keys[step] === key && write[step] === value)) return slot;
      slot = (slot + 1) & mask;
    }
  }
}

/** How the reads of a memory map to writes: one way, or many because a value was written twice. */
export type Resolution =
  | { readonly kind: 'unique'; readonly execution: Execution }
  | {
      readonly kind: 'ambiguous';
      /** One read with several possible writers, for the report. */
      readonly step: number;
      /** Every way, lazily; the caller stops when its budget is spent. */
      readonly executions: Iterable<Execution>;
    };

/** Finds the writer of every read. Writes of unknown outcome that nobody read are dropped: they need not have happened. */
export function resolveReads(memory: Memory): Resolution {
  const table = new WriterTable(memory);
  const from = new Int32Array(memory.steps).fill(READS_NOTHING);
  const live = new Uint8Array(memory.steps);
  const pending: number[] = [];
  let unread = 0;
  for (let step = 0; step < memory.steps; step += 1) {
    if (memory.optional[step] === 1) {
      unread += 1;
      continue;
    }
    live[step] = 1;
    if (memory.read[step] !== NO_VALUE) pending.push(step);
  }
  for (let head = 0; head < pending.length; head += 1) {
    const step = pending[head]!;
    const choices = candidates(memory, table, step, 2);
    if (choices.length > 1) {
      return { kind: 'ambiguous', step, executions: allExecutions(memory, table) };
    }
    const writer = choices[0]!;
    from[step] = writer;
    if (writer >= 0 && live[writer] === 0) {
      live[writer] = 1;
      unread -= 1;
      if (memory.read[writer] !== NO_VALUE) pending.push(writer);
    }
  }
  if (unread === 0) return { kind: 'unique', execution: { memory, from } };
  return { kind: 'unique', execution: dropDead(memory, from, live) };
}

function candidates(memory: Memory, table: WriterTable, step: number, atMost: number): number[] {
  const value = memory.read[step]!;
  const found: number[] = [];
  for (let w = table.first(memory.key[step]!, value); w >= 0; w = table.next(w)) {
    if (w !== step) found.push(w);
    if (found.length >= atMost) return found;
  }
  if (value === memory.initial) found.push(INITIAL);
  if (found.length === 0) found.push(THIN_AIR);
  return found;
}

function dropDead(memory: Memory, from: Int32Array, live: Uint8Array): Execution {
  const renumbered = new Int32Array(memory.steps);
  let count = 0;
  for (let step = 0; step < memory.steps; step += 1)
    renumbered[step] = live[step] === 1 ? count++ : -1;
  const kept = restrict(memory, (step) => live[step] === 1);
  // `restrict` keeps the order of processes by first appearance, which is the order they had.
  const keptFrom = new Int32Array(count);
  for (let step = 0; step < memory.steps; step += 1) {
    if (live[step] === 0) continue;
    const writer = from[step]!;
    keptFrom[renumbered[step]!] = writer >= 0 ? renumbered[writer]! : writer;
  }
  return { memory: kept, from: keptFrom };
}

/** Depth-first over the choice of each read; an optional write is live from the moment a live read chose it. */
function* allExecutions(memory: Memory, table: WriterTable): Iterable<Execution> {
  const from = new Int32Array(memory.steps).fill(READS_NOTHING);
  const live = new Uint8Array(memory.steps);
  const order: number[] = [];
  for (let step = 0; step < memory.steps; step += 1) {
    if (memory.optional[step] === 1) continue;
    live[step] = 1;
    if (memory.read[step] !== NO_VALUE) order.push(step);
  }
  interface Choice {
    readonly options: readonly number[];
    taken: number;
    /** The optional write this choice made live, or -1. */
    revived: number;
  }
  const stack: Choice[] = [];
  const undo = (choice: Choice): void => {
    if (choice.revived < 0) return;
    live[choice.revived] = 0;
    if (memory.read[choice.revived] !== NO_VALUE) {
      from[choice.revived] = READS_NOTHING;
      order.pop();
    }
    choice.revived = -1;
  };
  const apply = (choice: Choice, depth: number): void => {
    const writer = choice.options[choice.taken]!;
    from[order[depth]!] = writer;
    if (writer < 0 || live[writer] === 1) return;
    live[writer] = 1;
    choice.revived = writer;
    if (memory.read[writer] !== NO_VALUE) order.push(writer);
  };
  for (;;) {
    while (stack.length < order.length) {
      const step = order[stack.length]!;
      const options = candidates(memory, table, step, Infinity);
      const choice: Choice = { options, taken: 0, revived: -1 };
      stack.push(choice);
      apply(choice, stack.length - 1);
    }
    yield dropDead(memory, from.slice(), live);
    for (;;) {
      const last = stack.at(-1);
      if (last === undefined) return;
      undo(last);
      last.taken += 1;
      if (last.taken < last.options.length) {
        apply(last, stack.length - 1);
        break;
      }
      stack.pop();
    }
  }
}
