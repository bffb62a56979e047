import { HappensBefore } from './happens-before.ts';
import { KeyWriters } from './key-writers.ts';
import { NO_VALUE } from './memory.ts';
import { PathFinder } from './path-finder.ts';
import { INITIAL, THIN_AIR, type Execution } from './reads-from.ts';
import type { Edge, Violation } from './violation.ts';

/**
 * The causal models, after Bouajjani, Enea, Guerraoui, Hamza: "On verifying causal consistency", POPL 2017. The causal
 * order CO is the transitive closure of program order and reads-from. With every read's writer known:
 *
 * - CC (weak causal): CO has no cycle, no read is out of thin air, no read returns a write (or the initial value) that
 *   another write in its causal past had overwritten in CO.
 * - CCv (causal convergence): CC, and one order of all writes to a key explains every read: writes that a read had in
 *   its past come before the write it returned, and this together with CO has no cycle.
 * - CM (causal memory): CC, and for every process one order of what it saw explains all its reads together.
 *
 * A compare-and-set that succeeded counts as a read and a write in one step.
 */
export class CausalOrder {
  readonly execution: Execution;
  readonly relation: HappensBefore;
  readonly writers: KeyWriters;
  /** Set when even the causal order itself is broken; then no model holds. */
  readonly broken: Violation | undefined;

  constructor(execution: Execution) {
    this.execution = execution;
    this.relation = new HappensBefore(execution);
    this.writers = new KeyWriters(execution.memory);
    this.broken = thinAir(execution) ?? (this.relation.settle() ? undefined : this.#cycle());
  }

  /** The first contradiction to CC, or undefined. */
  weakCausal(): Violation | undefined {
    if (this.broken !== undefined) return this.broken;
    let found: Violation | undefined;
    this.forEachOverwrite((read, write, writer) => {
      if (writer === INITIAL) {
        found = this.#lost(read, write);
      } else if (this.relation.reaches(writer, write)) {
        const finder = new PathFinder(this.relation);
        found = {
          kind: 'cycle',
          edges: [this.#past(finder, write, writer, read), ...finder.path(writer, write)!],
        };
      }
      return found === undefined;
    });
    return found;
  }

  /** The first contradiction to CCv in an execution that is CC, or undefined. */
  convergence(): Violation | undefined {
    const convergent = new HappensBefore(this.execution);
    this.forEachOverwrite((read, write, writer) => {
      if (!this.relation.reaches(write, writer))
        convergent.derive({ from: write, to: writer, read, rule: 'write-before-writer' });
      return true;
    });
    if (convergent.derived.length === 0 || convergent.settle()) return undefined;
    // What stands behind a derived edge is the causal order alone: CCv derives in one round.
    const causal = new PathFinder(this.relation);
    const edges = new PathFinder(convergent).shortCycle(convergent.stepOnCycle(), (edge) =>
      causal.path(edge.from, edge.read)!,
    );
    return { kind: 'cycle', edges };
  }

  /**
   * Calls `visit(read, write, writer)` for every read and, per process, the last other write to its key in its causal
   * past. Earlier writes of that process come before it. Stops when `visit` returns false.
   */
  forEachOverwrite(visit: (read: number, write: number, writer: number) => boolean): void {
    const { memory, from } = this.execution;
    const { clocks } = this.relation;
    const { processes } = memory;
    for (let step = 0; step < memory.steps; step += 1) {
      if (memory.read[step] === NO_VALUE) continue;
      const writer = from[step]!;
      const key = memory.key[step]!;
      const own = memory.process[step]!;
      const end = this.writers.endRun(key);
      for (let run = this.writers.firstRun(key); run < end; run += 1) {
        const p = this.writers.processOf(run);
        // A step that reads and writes does not have its own write in its past.
        const count = clocks[step * processes + p]! - Number(p === own);
        if (count <= 0) continue;
        const write = this.writers.lastWithin(run, count);
        if (write < 0 || write === writer) continue;
        if (!visit(step, write, writer)) return;
      }
    }
  }

  #past(finder: PathFinder, from: number, to: number, read: number): Edge {
    return { from, to, reason: { by: 'past', read, path: finder.path(from, read)! } };
  }

  #lost(read: number, write: number): Violation {
    return { kind: 'lost-from-past', read, path: new PathFinder(this.relation).path(write, read)! };
  }

  #cycle(): Violation {
    const finder = new PathFinder(this.relation);
    return { kind: 'cycle', edges: finder.shortCycle(this.relation.stepOnCycle()) };
  }
}

/** The first read of a value that nobody wrote. */
export function thinAir(execution: Execution): Violation | undefined {
  const read = execution.from.indexOf(THIN_AIR);
  return read < 0 ? undefined : { kind: 'thin-air', read };
}
