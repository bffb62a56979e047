import { NEVER } from '../../history/history.ts';
import type { SearchTask } from '../search/search-task.ts';

/**
 * The task in which only the operations of `required` must have happened. Every other operation that completed and can change
 * the state becomes optional: it may or may not have happened, within its own interval; those that only observe vanish. If
 * the history is linearizable then so is this, so a violation of it is a violation of the history.
 * With `anyStart`, what happened before the first required operation is forgotten and the object may start in any of
 * these states.
 */
export function relaxedTask(
  task: SearchTask,
  required: ReadonlySet<number>,
  anyStart?: readonly number[],
): SearchTask {
  let from = NEVER;
  let until = -1;
  for (const i of required) {
    from = Math.min(from, task.invoke[i]!);
    until = Math.max(until, task.complete[i]!);
  }
  const kept: number[] = [];
  for (let i = 0; i < task.op.length; i++) {
    if (!required.has(i)) {
      if (task.machine.isPure(task.action[i]!)) continue;
      if (task.invoke[i]! > until) continue;
      if (anyStart !== undefined && task.complete[i]! < from) continue;
    }
    kept.push(i);
  }
  const take = (column: Int32Array): Int32Array => Int32Array.from(kept, (i) => column[i]!);
  return {
    machine: task.machine,
    starts: anyStart ?? task.starts,
    op: take(task.op),
    action: take(task.action),
    invoke: take(task.invoke),
    complete: take(task.complete),
    optional: Uint8Array.from(kept, (i) => (required.has(i) ? 0 : 1)),
  };
}
