import type { DerivedEdge, HappensBefore } from './happens-before.ts';
import type { Edge } from './violation.ts';

interface Arrival {
  readonly previous: number;
  readonly edge: number;
}
interface Hop {
  readonly from: number;
  readonly to: number;
  /** PROGRAM, READS, or the index of a derived edge. */
  readonly edge: number;
}
/** The path behind a derived edge, where it is not simply the shortest one. */
export type Premise = (edge: DerivedEdge) => readonly Edge[];
const PROGRAM = -1;
const READS = -2;

/**
 * Finds shortest paths in a happens-before relation, a run of one process counting as one edge. Only the first
 * `derivedLimit` derived edges are used, so that what an edge was derived from never rests on the edge itself.
 */
export class PathFinder {
  readonly #relation: HappensBefore;
  readonly #readers: Int32Array;
  readonly #nextReader: Int32Array;
  readonly #derivedFrom = new Map<number, number[]>();

  constructor(relation: HappensBefore) {
    this.#relation = relation;
    const { steps } = relation.execution.memory;
    this.#readers = new Int32Array(steps).fill(-1);
    this.#nextReader = new Int32Array(steps).fill(-1);
    for (let step = steps - 1; step >= 0; step -= 1) {
      const writer = relation.writerOf(step);
      if (writer < 0) continue;
      this.#nextReader[step] = this.#readers[writer]!;
      this.#readers[writer] = step;
    }
    relation.derived.forEach((edge, index) => {
      const list = this.#derivedFrom.get(edge.from);
      if (list === undefined) this.#derivedFrom.set(edge.from, [index]);
      else list.push(index);
    });
  }

  /** A shortest path from `from` to `to` of at least one edge, or undefined. */
  path(from: number, to: number, derivedLimit = Infinity): Edge[] | undefined {
    return this.#arrivals(from, to, derivedLimit)?.map((hop) => this.#edge(hop));
  }

  /** A short cycle: the shortest through any step of the shortest cycle through `step`, which must be on one. */
  shortCycle(step: number, premise?: Premise): Edge[] {
    let best = this.#arrivals(step, step, Infinity)!;
    for (const { from } of [...best]) {
      const cycle = this.#arrivals(from, from, Infinity)!;
      if (cycle.length < best.length) best = cycle;
    }
    return best.map((hop) => this.#edge(hop, premise));
  }

  #edge({ from, to, edge }: Hop, premise?: Premise): Edge {
    if (edge === PROGRAM) return { from, to, reason: { by: 'program' } };
    if (edge === READS) return { from, to, reason: { by: 'reads' } };
    const derived = this.#relation.derived[edge]!;
    const { from: sources } = this.#relation.execution;
    if (derived.rule === 'write-before-writer') {
      const path = premise?.(derived) ?? this.path(from, derived.read, edge)!;
      return { from, to, reason: { by: 'past', read: derived.read, path } };
    }
    // Every write comes after the initial value: that needs no path.
    const source = sources[derived.read]!;
    const path = source < 0 ? [] : this.path(source, to, edge)!;
    return { from, to, reason: { by: 'overwrite', path } };
  }

  #arrivals(from: number, to: number, limit: number): Hop[] | undefined {
    const arrivals = this.#search(from, to, limit);
    if (arrivals === undefined) return undefined;
    const hops: Hop[] = [];
    let step = to;
    do {
      const { previous, edge } = arrivals.get(step)!;
      hops.push({ from: previous, to: step, edge });
      step = previous;
    } while (step !== from);
    return hops.reverse();
  }

  #search(from: number, to: number, limit: number): Map<number, Arrival> | undefined {
    const { process, firstStep } = this.#relation.execution.memory;
    const arrivals = new Map<number, Arrival>();
    /** Per process: the first step reached along program order; everything after it is reached too. */
    const reachedFrom = new Map<number, number>();
    let level = [from];
    const arrive = (step: number, previous: number, edge: number, next: number[]): boolean => {
      if (arrivals.has(step)) return false;
      arrivals.set(step, { previous, edge });
      next.push(step);
      return step === to;
    };
    while (level.length > 0) {
      const next: number[] = [];
      for (const step of level) {
        for (let r = this.#readers[step]!; r >= 0; r = this.#nextReader[r]!)
          if (arrive(r, step, READS, next)) return arrivals;
        for (const index of this.#derivedFrom.get(step) ?? [])
          if (index < limit && arrive(this.#relation.derived[index]!.to, step, index, next))
            return arrivals;
        const p = process[step]!;
        const end = Math.min(firstStep[p + 1]!, reachedFrom.get(p) ?? Infinity);
        for (let later = step + 1; later < end; later += 1)
          if (arrive(later, step, PROGRAM, next)) return arrivals;
        reachedFrom.set(p, Math.min(step + 1, end));
      }
      level = next;
    }
    return undefined;
  }
}
