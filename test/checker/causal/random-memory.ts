import { groupByProcess, NO_VALUE, type Memory } from '../../../src/checker/causal/memory.ts';
import type { RandomStream } from '../../../src/sim/engine/random.ts';

export interface RandomMemoryOptions {
  readonly steps: number;
  readonly processes: number;
  readonly keys: number;
  /** Every write writes a fresh value; otherwise values repeat, the initial one included. */
  readonly unique: boolean;
  /** Chances in 1000. */
  readonly cas: number;
  readonly optional: number;
}

export const INITIAL_VALUE = 0;

/** One row of a memory. */
interface MemoryStep {
  readonly process: number;
  readonly key: number;
  readonly read: number;
  readonly write: number;
  readonly optional: boolean;
  readonly operation: number;
}

/** Builds a memory from steps in an order that keeps each process's own order. Processes and keys are renumbered. */
function buildMemory(steps: readonly MemoryStep[], initial: number): Memory {
  const columns = {
    process: Int32Array.from(steps, (step) => step.process),
    key: Int32Array.from(steps, (step) => step.key),
    read: Int32Array.from(steps, (step) => step.read),
    write: Int32Array.from(steps, (step) => step.write),
    optional: Uint8Array.from(steps, (step) => Number(step.optional)),
    operation: Int32Array.from(steps, (step) => step.operation),
    complete: Int32Array.from(steps, (step) => step.operation),
  };
  return groupByProcess(columns, initial);
}

/** A small random memory; most are barely consistent or barely not, which is where checkers err. */
export function randomMemory(random: RandomStream, options: RandomMemoryOptions): Memory {
  const steps: MemoryStep[] = [];
  const dead = new Set<number>();
  let fresh = 1;
  const written: number[][] = Array.from({ length: options.keys }, () => [INITIAL_VALUE]);
  const plans: {
    process: number;
    key: number;
    kind: 'read' | 'write' | 'cas';
    optional: boolean;
    value: number;
  }[] = [];
  for (let operation = 0; operation < options.steps; operation += 1) {
    const process = random.below(options.processes);
    if (dead.has(process)) continue;
    const key = random.below(options.keys);
    const kind = random.chance(options.cas * 1000)
      ? 'cas'
      : random.below(100) < 45
        ? 'write'
        : 'read';
    const optional = kind !== 'read' && random.chance(options.optional * 1000);
    if (optional) dead.add(process);
    const value = kind === 'read' ? NO_VALUE : options.unique ? fresh++ : random.below(3);
    if (kind !== 'read') written[key]!.push(value);
    plans.push({ process, key, kind, optional, value });
  }
  for (const [operation, plan] of plans.entries()) {
    const seen = random.below(40) === 0 ? 99 : random.pick(written[plan.key]!);
    steps.push({
      process: plan.process,
      key: plan.key,
      read: plan.kind === 'write' ? NO_VALUE : seen,
      write: plan.value,
      optional: plan.optional,
      operation,
    });
  }
  return buildMemory(steps, INITIAL_VALUE);
}

/** The memory in words, for failure messages. */
export function describe(memory: Memory): string {
  return Array.from({ length: memory.steps }, (_, step) => {
    const read = memory.read[step] === NO_VALUE ? '' : ` r${String(memory.read[step])}`;
    const write = memory.write[step] === NO_VALUE ? '' : ` w${String(memory.write[step])}`;
    return `p${String(memory.process[step])} k${String(memory.key[step])}${read}${write}${memory.optional[step] === 1 ? ' ?' : ''}`;
  }).join('\n');
}
