import { INFO, type History } from '../../history/history.ts';
import { NO_VALUE, type Memory } from '../causal/memory.ts';
import type { ObjectTask } from '../compile/search-tasks.ts';
import { IMPOSSIBLE } from '../search/machine.ts';
import type { SequentialProblem } from './specification-search.ts';

/** A memory as a search problem: an object per key, whose state is the code of its value (never -1). */
export function memoryProblem(memory: Memory): SequentialProblem {
  const { read, write } = memory;
  return {
    steps: memory.steps,
    processes: memory.processes,
    firstStep: memory.firstStep,
    objects: memory.keys,
    objectOf: (step) => memory.key[step]!,
    initialState: () => memory.initial,
    after(state, step) {
      if (read[step] !== NO_VALUE && read[step] !== state) return IMPOSSIBLE;
      return write[step] === NO_VALUE ? state : write[step]!;
    },
    isPure: (step) => write[step] === NO_VALUE || write[step] === read[step],
    isOptional: (step) => memory.optional[step] === 1,
    placeOf: (step) => memory.operation[step]!,
  };
}

export interface ModelProblem extends SequentialProblem {
  /** The history's operation behind a step. */
  readonly operation: Int32Array;
}

/** Any data type's objects, all together: sequential consistency is not a property of each object alone. */
export function modelProblem(history: History, tasks: readonly ObjectTask[]): ModelProblem {
  const rows = tasks.flatMap(({ task }, object) =>
    Array.from(task.op, (operation, at) => ({ operation, object, action: task.action[at]! })),
  );
  const { process, status } = history.columns;
  rows.sort((a, b) => process[a.operation]! - process[b.operation]! || a.operation - b.operation);
  const firstStep: number[] = [];
  rows.forEach((row, step) => {
    const previous = rows[step - 1];
    if (previous === undefined || process[previous.operation] !== process[row.operation])
      firstStep.push(step);
  });
  const processes = firstStep.length;
  firstStep.push(rows.length);
  const machineOf = (step: number) => tasks[rows[step]!.object]!.task.machine;
  return {
    steps: rows.length,
    processes,
    firstStep: Int32Array.from(firstStep),
    objects: tasks.length,
    operation: Int32Array.from(rows, (row) => row.operation),
    objectOf: (step) => rows[step]!.object,
    initialState: (object) => tasks[object]!.task.starts[0]!,
    after: (state, step) => machineOf(step).step(state, rows[step]!.action),
    isPure: (step) => machineOf(step).isPure(rows[step]!.action),
    isOptional: (step) => status[rows[step]!.operation] === INFO,
    placeOf: (step) => rows[step]!.operation,
  };
}
