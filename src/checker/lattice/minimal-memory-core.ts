import { NO_VALUE, restrict, type Memory } from '../causal/memory.ts';
import type { Execution } from '../causal/reads-from.ts';
import { stepsOf, type Violation } from '../causal/violation.ts';

export interface MemoryCore {
  readonly operations: readonly number[];
  readonly minimal: boolean;
}

/**
 * Leaves out operations as long as the rest still contradicts the model. Reads can always be left out, writes when no
 * remaining read returned their value: what is left is then a contradiction only if the whole is one.
 */
export function minimalMemoryCore(
  memory: Memory,
  violates: (memory: Memory) => boolean,
  judgements = 400,
): MemoryCore {
  let left = judgements;
  let current = memory;
  // Whole chunks first: a long history shrinks in few judgements.
  for (let chunk = current.steps >> 1; chunk >= 1 && left > 0; chunk >>= 1)
    for (let end = current.steps; end > 0 && left > 0; end -= chunk) {
      const drop = droppable(current, Math.max(0, end - chunk), end);
      if (drop === undefined) continue;
      const smaller = restrict(current, (step) => !drop.has(step));
      left -= 1;
      if (violates(smaller)) current = smaller;
      end = Math.min(end, current.steps + chunk);
    }
  let minimal = left > 0;
  for (let changed = true; changed && left > 0;) {
    changed = false;
    for (let step = current.steps - 1; step >= 0 && left > 0; step -= 1) {
      const drop = droppable(current, step, step + 1);
      if (drop === undefined) continue;
      const smaller = restrict(current, (other) => !drop.has(other));
      left -= 1;
      if (!violates(smaller)) continue;
      current = smaller;
      changed = true;
      break;
    }
    minimal = left > 0;
  }
  return { operations: Array.from(current.operation).sort((a, b) => a - b), minimal };
}

/** Steps of [start, end) that may be left out together, or undefined if there are none. */
function droppable(memory: Memory, start: number, end: number): Set<number> | undefined {
  const drop = new Set<number>();
  for (let step = start; step < end; step += 1) drop.add(step);
  const name = (key: number, value: number): string => `${key} ${value}`;
  for (let changed = true; changed;) {
    changed = false;
    const needed = new Set<string>();
    for (let step = 0; step < memory.steps; step += 1)
      if (!drop.has(step) && memory.read[step] !== NO_VALUE)
        needed.add(name(memory.key[step]!, memory.read[step]!));
    for (const step of drop) {
      if (memory.write[step] === NO_VALUE) continue;
      if (!needed.has(name(memory.key[step]!, memory.write[step]!))) continue;
      drop.delete(step);
      changed = true;
    }
  }
  return drop.size === 0 ? undefined : drop;
}

/** The part of an execution's memory that a violation speaks of, with the writes that its reads returned. */
export function suspectsOf({ memory, from }: Execution, violation: Violation): Memory {
  const keep = new Set(stepsOf(violation));
  for (const step of keep) if (from[step]! >= 0) keep.add(from[step]!);
  return restrict(memory, (step) => keep.has(step));
}
