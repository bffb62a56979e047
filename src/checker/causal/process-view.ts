import { thinAir, type CausalOrder } from './causal-models.ts';
import { ALL_READERS, HappensBefore } from './happens-before.ts';
import { KeyWriters } from './key-writers.ts';
import { NO_VALUE } from './memory.ts';
import { PathFinder } from './path-finder.ts';
import { INITIAL, type Execution } from './reads-from.ts';
import type { Violation } from './violation.ts';

/** Causal memory (CM): one order for every process's view, on top of the causal order. Expects an execution that is CC. */
export function causalMemory(causal: CausalOrder): Violation | undefined {
  const { execution, writers } = causal;
  const clocks = causal.relation.clocks.slice();
  for (let p = 0; p < execution.memory.processes; p += 1) {
    const relation = new HappensBefore(execution, ALL_READERS, clocks);
    const violation = saturate(relation, writers, p);
    if (violation !== undefined) return violation;
    if (relation.derived.length > 0) clocks.set(causal.relation.clocks);
  }
  return undefined;
}

/**
 * PRAM (pipelined memory, Lipton and Sandberg 1988): for every process there is an order of all writes and its own reads
 * that keeps program order and explains its reads.
 */
export function pipelinedMemory(execution: Execution): Violation | undefined {
  const nothing = thinAir(execution);
  if (nothing !== undefined) return nothing;
  const { steps, processes } = execution.memory;
  const writers = new KeyWriters(execution.memory);
  const clocks = new Int32Array(steps * processes);
  for (let p = 0; p < processes; p += 1) {
    const relation = new HappensBefore(execution, p, clocks.fill(0));
    if (!relation.settle()) return cycleIn(relation);
    const violation = saturate(relation, writers, p);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

/**
 * The least relation that contains the given one and in which every other write that a read of `process` has in its past
 * comes before the write it returned. The view of the process exists exactly if this relation has no cycle and no read of
 * the initial value has a write to its key in its past: its reads are totally ordered, so each can be placed as soon as
 * all that must come before it is placed.
 */
function saturate(
  relation: HappensBefore,
  writers: KeyWriters,
  process: number,
): Violation | undefined {
  const { memory, from } = relation.execution;
  const { processes, firstStep } = memory;
  for (;;) {
    const before = relation.derived.length;
    for (let read = firstStep[process]!; read < firstStep[process + 1]!; read += 1) {
      if (memory.read[read] === NO_VALUE) continue;
      const writer = from[read]!;
      const end = writers.endRun(memory.key[read]!);
      for (let run = writers.firstRun(memory.key[read]!); run < end; run += 1) {
        const p = writers.processOf(run);
        const count = relation.clocks[read * processes + p]! - Number(p === process);
        if (count <= 0) continue;
        const write = writers.lastWithin(run, count);
        if (write < 0 || write === writer) continue;
        if (writer === INITIAL)
          return {
            kind: 'lost-from-past',
            read,
            path: new PathFinder(relation).path(write, read)!,
          };
        if (!relation.reaches(write, writer))
          relation.derive({ from: write, to: writer, read, rule: 'write-before-writer' });
      }
    }
    if (relation.derived.length === before) return undefined;
    if (!relation.settle()) return cycleIn(relation);
  }
}

function cycleIn(relation: HappensBefore): Violation {
  return { kind: 'cycle', edges: new PathFinder(relation).shortCycle(relation.stepOnCycle()) };
}
