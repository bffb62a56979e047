import type { Execution } from './reads-from.ts';

/** A derived order: `from` comes before `to` because `read` had `from` in its past and yet returned `to`'s write. */
export interface DerivedEdge {
  readonly from: number;
  readonly to: number;
  readonly read: number;
  /** Whether the read forces a write before the write it returned, or itself before a later write. */
  readonly rule: 'write-before-writer' | 'read-before-overwrite';
}

/** {@link HappensBefore} reader: every reads-from edge counts, or none does. */
export const ALL_READERS = -1;
export const NO_READER = -2;
/** Clocks of a relation that is only asked whether it has a cycle. */
export const WITHOUT_CLOCKS = (): Int32Array => new Int32Array(0);

/**
 * A happens-before relation as one vector clock per step: `clocks[step * processes + p]` is how many steps of process p
 * come before the step or are it. The relation is the program order, the chosen reads-from edges and derived edges.
 */
export class HappensBefore {
  readonly execution: Execution;
  readonly clocks: Int32Array;
  /** Derived edges so far, in the order they were found: each was derived from earlier ones only. */
  readonly derived: DerivedEdge[] = [];
  readonly #derivedInto: Int32Array;
  readonly #nextDerived: number[] = [];
  /** The process whose reads count, or ALL_READERS, or NO_READER. */
  readonly #reader: number;
  readonly #done: Uint8Array;

  /**
   * `reader`: the process whose reads make edges, ALL_READERS (the causal order) or NO_READER.
   * `clocks`: what is known so far, to start from; taken over.
   */
  constructor(execution: Execution, reader = ALL_READERS, clocks?: Int32Array) {
    const { steps, processes } = execution.memory;
    this.execution = execution;
    this.clocks = clocks ?? new Int32Array(steps * processes);
    this.#done = new Uint8Array(steps);
    this.#derivedInto = new Int32Array(steps).fill(-1);
    this.#reader = reader;
  }

  /** True if `a` comes before `b` or is `b`, as far as the clocks know. */
  reaches(a: number, b: number): boolean {
    const { processes, process, firstStep } = this.execution.memory;
    const p = process[a]!;
    return this.clocks[b * processes + p]! > a - firstStep[p]!;
  }

  /** The writer whose edge into `step` counts in this relation, or -1. */
  writerOf(step: number): number {
    const reader = this.#reader;
    if (reader !== ALL_READERS && this.execution.memory.process[step] !== reader) return -1;
    const writer = this.execution.from[step]!;
    return writer >= 0 ? writer : -1;
  }

  /** Adds a derived edge and at once what it implies for its target; the rest follows with the next `settle`. */
  derive(edge: DerivedEdge): void {
    this.#nextDerived.push(this.#derivedInto[edge.to]!);
    this.#derivedInto[edge.to] = this.derived.length;
    this.derived.push(edge);
    this.#join(edge.to, edge.from);
  }

  /** Brings all clocks up to date in one topological pass. Returns false when the relation has a cycle. */
  settle(): boolean {
    const { steps, processes, firstStep } = this.execution.memory;
    const { clocks } = this;
    const cursor = firstStep.slice(0, processes);
    const done = this.#done.fill(0);
    /** Per step: the first process waiting for it; then chained by process. */
    const waiters = new Int32Array(steps).fill(-1);
    const nextWaiter = new Int32Array(processes).fill(-1);
    const ready: number[] = Array.from({ length: processes }, (_, p) => p);
    let finished = 0;
    while (ready.length > 0) {
      const p = ready.pop()!;
      const end = firstStep[p + 1]!;
      let step = cursor[p]!;
      while (step < end) {
        const blocker = this.#blocker(step, done);
        if (blocker >= 0) {
          nextWaiter[p] = waiters[blocker]!;
          waiters[blocker] = p;
          break;
        }
        if (step > firstStep[p]!) this.#join(step, step - 1);
        const writer = this.writerOf(step);
        if (writer >= 0) this.#join(step, writer);
        for (let e = this.#derivedInto[step]!; e >= 0; e = this.#nextDerived[e]!)
          this.#join(step, this.derived[e]!.from);
        if (clocks.length > 0) clocks[step * processes + p] = step - firstStep[p]! + 1;
        done[step] = 1;
        finished += 1;
        for (let w = waiters[step]!; w >= 0; w = nextWaiter[w]!) ready.push(w);
        step += 1;
      }
      cursor[p] = step;
    }
    return finished === steps;
  }

  /** Whether all predecessors of `step` outside its own process are in the set `done`. */
  predecessorsIn(step: number, done: Uint8Array): boolean {
    return this.#blocker(step, done) < 0;
  }

  /** After `settle` returned false: a step that comes before itself. */
  stepOnCycle(): number {
    const { firstStep, process } = this.execution.memory;
    const seen = new Set<number>();
    let step = this.#done.indexOf(0);
    while (!seen.has(step)) {
      seen.add(step);
      const previous = step > firstStep[process[step]!]! ? step - 1 : -1;
      step =
        previous >= 0 && this.#done[previous] === 0 ? previous : this.#blocker(step, this.#done);
    }
    return step;
  }

  /** Some predecessor of `step`, other than its program-order one, that is not done; -1 if there is none. */
  #blocker(step: number, done: Uint8Array): number {
    const writer = this.writerOf(step);
    if (writer >= 0 && done[writer] === 0) return writer;
    for (let e = this.#derivedInto[step]!; e >= 0; e = this.#nextDerived[e]!) {
      const { from } = this.derived[e]!;
      if (done[from] === 0) return from;
    }
    return -1;
  }

  #join(into: number, from: number): void {
    const { processes } = this.execution.memory;
    const { clocks } = this;
    if (clocks.length === 0) return;
    let a = into * processes;
    let b = from * processes;
    for (const end = a + processes; a < end; a += 1, b += 1)
      if (clocks[b]! > clocks[a]!) clocks[a] = clocks[b]!;
  }
}
