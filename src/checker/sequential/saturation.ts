import { thinAir } from '../causal/causal-models.ts';
import { HappensBefore } from '../causal/happens-before.ts';
import { KeyWriters } from '../causal/key-writers.ts';
import { NO_VALUE } from '../causal/memory.ts';
import { PathFinder } from '../causal/path-finder.ts';
import { INITIAL, type Execution } from '../causal/reads-from.ts';
import type { Violation } from '../causal/violation.ts';

export interface Saturated {
  /** What every sequential order of the execution must respect. */
  readonly relation: HappensBefore;
  readonly violation: Violation | undefined;
  /** Steps visited; a round visits each once. */
  readonly work: number;
}

/**
 * Everything about the order of steps that follows from two rules (Zennou, Bouajjani, Enea, Erradi: "Gradual consistency
 * checking", CAV 2019), repeated until nothing new follows or `workLimit` is spent. With r reading from w1 and w2 another
 * write to the same key: if w2 comes before r then before w1; if w2 comes after w1 then after r. A cycle proves that the
 * execution is not sequentially consistent; no cycle proves nothing.
 */
export function saturate(execution: Execution, workLimit: number): Saturated {
  const relation = new HappensBefore(execution);
  const found = (violation: Violation | undefined, work: number): Saturated => ({
    relation,
    violation,
    work,
  });
  const nothing = thinAir(execution);
  if (nothing !== undefined) return found(nothing, 0);
  const { memory } = execution;
  const writers = new KeyWriters(memory);
  let work = memory.steps;
  if (!relation.settle()) return found(cycleIn(relation), work);
  while (work < workLimit) {
    const before = relation.derived.length;
    for (let read = 0; read < memory.steps; read += 1) {
      if (memory.read[read] === NO_VALUE) continue;
      apply(relation, writers, read);
    }
    if (relation.derived.length === before) break;
    work += memory.steps;
    if (!relation.settle()) return found(cycleIn(relation), work);
  }
  return found(undefined, work);
}

/** Both rules for one read. A read of the initial value comes before every write: the second rule is enough for it. */
function apply(relation: HappensBefore, writers: KeyWriters, read: number): void {
  const { memory, from } = relation.execution;
  const { processes, process } = memory;
  const writer = from[read]!;
  const key = memory.key[read]!;
  const own = process[read]!;
  const end = writers.endRun(key);
  for (let run = writers.firstRun(key); run < end; run += 1) {
    const p = writers.processOf(run);
    const count = relation.clocks[read * processes + p]! - Number(p === own);
    const write = count > 0 ? writers.lastWithin(run, count) : -1;
    if (write >= 0 && writer !== INITIAL && write !== writer && !relation.reaches(write, writer))
      relation.derive({ from: write, to: writer, read, rule: 'write-before-writer' });
    // Clocks grow along a process, so "after the writer" holds from some write of the run on.
    const overwrite = writers.firstWhere(
      run,
      (candidate) =>
        writer === INITIAL || (candidate !== writer && relation.reaches(writer, candidate)),
    );
    if (overwrite >= 0 && !relation.reaches(read, overwrite))
      relation.derive({ from: read, to: overwrite, read, rule: 'read-before-overwrite' });
  }
}

function cycleIn(relation: HappensBefore): Violation {
  return { kind: 'cycle', edges: new PathFinder(relation).shortCycle(relation.stepOnCycle()) };
}
