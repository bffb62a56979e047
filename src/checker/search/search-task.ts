import { NEVER } from '../../history/history.ts';
import type { Machine } from './machine.ts';

/** One object's operations, compiled for a search; all arrays are in order of invocation. */
export interface SearchTask {
  readonly machine: Machine;
  /** States the object may start in; normally one. */
  readonly starts: readonly number[];
  /** Index of each operation in the history. */
  readonly op: Int32Array;
  readonly action: Int32Array;
  /** Real-time positions; `NEVER` as completion: a crashed operation, which may or may not take effect. */
  readonly invoke: Int32Array;
  readonly complete: Int32Array;
  /** Non-zero: may be left out even though it completed (a relaxed sub-history). */
  readonly optional: Uint8Array | undefined;
}

/** Events of a task in order of position: twice the operation's number, plus 1 for a completion. */
export function eventsOf(task: SearchTask): Int32Array {
  const n = task.op.length;
  const completed: number[] = [];
  for (let i = 0; i < n; i++) if (task.complete[i] !== NEVER) completed.push(i);
  let sorted = true;
  for (let i = 1; i < completed.length && sorted; i++)
    sorted = task.complete[completed[i - 1]!]! < task.complete[completed[i]!]!;
  if (!sorted) completed.sort((a, b) => task.complete[a]! - task.complete[b]!);
  const events = new Int32Array(n + completed.length);
  let at = 0;
  let next = 0;
  for (const i of completed) {
    while (next < n && task.invoke[next]! < task.complete[i]!) events[at++] = 2 * next++;
    events[at++] = 2 * i + 1;
  }
  while (next < n) events[at++] = 2 * next++;
  return events;
}
