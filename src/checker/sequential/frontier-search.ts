import type { HappensBefore } from '../causal/happens-before.ts';
import { NO_VALUE } from '../causal/memory.ts';
import { INITIAL } from '../causal/reads-from.ts';
import { StateSet } from './state-set.ts';

export type SearchResult =
  | { readonly kind: 'witness'; readonly order: Int32Array; readonly states: number }
  | { readonly kind: 'refuted'; readonly states: number }
  | {
      readonly kind: 'budget';
      readonly states: number;
      /** Most steps that any attempt could order. */
      readonly longest: number;
    };

interface Frame {
  /** Steps placed when the choice was made. */
  readonly placed: number;
  readonly candidates: readonly number[];
  next: number;
}

/**
 * Looks for a sequential order of an execution: depth first over the writes that may come next, first settled first, so
 * that the first descent is the guess "as it happened" (the order of zones of a linearizable history). Reads are placed as soon as they can be, which never hurts. A write may
 * only replace a value that nobody still has to read. States that failed are remembered (exactly, not by hash alone).
 */
export class FrontierSearch {
  readonly #relation: HappensBefore;
  readonly #cursor: Int32Array;
  /** Per key: the step whose value it holds, or INITIAL. */
  readonly #current: Int32Array;
  /** Per writing step: reads of it not yet placed; per key for the initial value. */
  readonly #unread: Int32Array;
  readonly #unreadInitial: Int32Array;
  /** Per writing step: when the first of it and its reads had completed. Writes are tried in this order. */
  readonly #settled: Int32Array;
  readonly #placed: Uint8Array;
  readonly #trail: Int32Array;
  /** Per trail entry: what the key held before. */
  readonly #held: Int32Array;
  #depth = 0;

  constructor(relation: HappensBefore) {
    const { memory, from } = relation.execution;
    this.#relation = relation;
    this.#cursor = memory.firstStep.slice(0, memory.processes);
    this.#current = new Int32Array(memory.keys).fill(INITIAL);
    this.#unread = new Int32Array(memory.steps);
    this.#unreadInitial = new Int32Array(memory.keys);
    this.#settled = memory.complete.slice();
    this.#placed = new Uint8Array(memory.steps);
    this.#trail = new Int32Array(memory.steps);
    this.#held = new Int32Array(memory.steps);
    for (let step = 0; step < memory.steps; step += 1) {
      if (memory.read[step] === NO_VALUE) continue;
      if (from[step] === INITIAL) this.#unreadInitial[memory.key[step]!]! += 1;
      else {
        const writer = from[step]!;
        this.#unread[writer]! += 1;
        this.#settled[writer] = Math.min(this.#settled[writer]!, memory.complete[step]!);
      }
    }
  }

  /** Searches until an order is found, none is left, or `stateLimit` states have been left behind as failed. */
  search(stateLimit: number): SearchResult {
    const { steps, processes, keys } = this.#relation.execution.memory;
    const failed = new StateSet(processes + keys);
    const frames: Frame[] = [];
    let longest = 0;
    let known = false;
    for (;;) {
      if (!known) {
        this.#placeReads();
        longest = Math.max(longest, this.#depth);
        if (this.#depth === steps)
          return { kind: 'witness', order: this.#trail.slice(), states: failed.size };
        known = failed.has(this.#state());
      }
      if (!known) frames.push({ placed: this.#depth, candidates: this.#candidates(), next: 0 });
      const frame = frames.at(-1);
      if (frame === undefined) return { kind: 'refuted', states: failed.size };
      this.#undoTo(frame.placed);
      const step = frame.candidates[frame.next];
      // A frame without candidates left is a failed state; its predecessor goes on.
      known = step === undefined;
      if (step !== undefined) {
        frame.next += 1;
        this.#place(step);
        continue;
      }
      failed.add(this.#state());
      frames.pop();
      if (failed.size >= stateLimit) return { kind: 'budget', states: failed.size, longest };
    }
  }

  #placeReads(): void {
    const { memory } = this.#relation.execution;
    for (let progress = true; progress;) {
      progress = false;
      for (let p = 0; p < memory.processes; p += 1) {
        for (;;) {
          const step = this.#cursor[p]!;
          if (step >= memory.firstStep[p + 1]! || memory.write[step] !== NO_VALUE) break;
          if (!this.#enabled(step)) break;
          this.#place(step);
          progress = true;
        }
      }
    }
  }

  #candidates(): number[] {
    const { memory } = this.#relation.execution;
    const candidates: number[] = [];
    for (let p = 0; p < memory.processes; p += 1) {
      const step = this.#cursor[p]!;
      if (step < memory.firstStep[p + 1]! && memory.write[step] !== NO_VALUE && this.#enabled(step))
        candidates.push(step);
    }
    const settled = this.#settled;
    return candidates.sort((a, b) => settled[a]! - settled[b]! || a - b);
  }

  #enabled(step: number): boolean {
    const { memory, from } = this.#relation.execution;
    const key = memory.key[step]!;
    const held = this.#current[key]!;
    const reads = memory.read[step] !== NO_VALUE;
    if (reads && from[step] !== held) return false;
    if (memory.write[step] !== NO_VALUE) {
      const unread = held === INITIAL ? this.#unreadInitial[key]! : this.#unread[held]!;
      if (unread > Number(reads)) return false;
    }
    return this.#relation.predecessorsIn(step, this.#placed);
  }

  #place(step: number): void {
    const { memory, from } = this.#relation.execution;
    const key = memory.key[step]!;
    this.#trail[this.#depth] = step;
    this.#held[this.#depth] = this.#current[key]!;
    this.#depth += 1;
    this.#placed[step] = 1;
    this.#cursor[memory.process[step]!]! += 1;
    if (memory.read[step] !== NO_VALUE) {
      if (from[step] === INITIAL) this.#unreadInitial[key]! -= 1;
      else this.#unread[from[step]!]! -= 1;
    }
    if (memory.write[step] !== NO_VALUE) this.#current[key] = step;
  }

  #undoTo(depth: number): void {
    const { memory, from } = this.#relation.execution;
    while (this.#depth > depth) {
      this.#depth -= 1;
      const step = this.#trail[this.#depth]!;
      const key = memory.key[step]!;
      this.#placed[step] = 0;
      this.#cursor[memory.process[step]!]! -= 1;
      if (memory.read[step] !== NO_VALUE) {
        if (from[step] === INITIAL) this.#unreadInitial[key]! += 1;
        else this.#unread[from[step]!]! += 1;
      }
      this.#current[key] = this.#held[this.#depth]!;
    }
  }

  #state(): Int32Array {
    const state = new Int32Array(this.#cursor.length + this.#current.length);
    state.set(this.#cursor);
    state.set(this.#current, this.#cursor.length);
    return state;
  }
}
