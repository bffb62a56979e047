import type { SearchTask } from '../search/search-task.ts';

/** The task with only these of its operations, by their numbers. */
export function subTask(task: SearchTask, operations: readonly number[]): SearchTask {
  const kept = [...operations].sort((a, b) => a - b);
  const take = (column: Int32Array): Int32Array => Int32Array.from(kept, (i) => column[i]!);
  return {
    machine: task.machine,
    starts: task.starts,
    op: take(task.op),
    action: take(task.action),
    invoke: take(task.invoke),
    complete: take(task.complete),
    optional: undefined,
  };
}
