import type { Budget } from './budget.ts';
import { ConfigTable } from './config-table.ts';
import type { SearchResult } from './search-result.ts';
import { STATE } from './open-operations.ts';
import type { SearchTask } from './search-task.ts';
import { Timeline } from './timeline.ts';
import { orderOf } from './witness-order.ts';

/**
 * Depth-first with a memory of every configuration visited (Wing and Gong 1993, Lowe 2017): follows the first
 * possibility until it fails, then takes back the latest choice. Finds a witness fast where most choices are right.
 */
export function depthFirstSearch(task: SearchTask, budget: Budget, witness = false): SearchResult {
  const timeline = new Timeline(task, witness);
  const { engine } = timeline;
  const { stride } = engine;
  /** Records are a configuration and, in the last word, how many completions it has behind it. */
  const visited = new ConfigTable(stride + 1);
  const starts = new ConfigTable(stride);
  timeline.start(starts);
  const record = new Int32Array(stride + 1);
  const stack: number[] = [];
  const parents: number[] = [];
  const used: (readonly number[])[] = [];
  const last = timeline.returns.length;
  for (let id = starts.count - 1; id >= 0; id--) {
    for (let i = 0; i < stride; i++) record[i] = starts.data[id * stride + i]!;
    record[stride] = 0;
    const number = visited.add(record, 0);
    parents[number] = -1;
    stack.push(number);
  }
  let deepest = 0;
  const bytes = (): number => engine.bytes + visited.bytes + stack.length * 8;
  const isSpent = (): boolean => engine.work > budget.configurations || bytes() > budget.bytes;
  for (;;) {
    const number = stack.pop();
    if (number === undefined) break;
    const base = number * (stride + 1);
    const r = visited.data[base + stride]!;
    if (r > deepest) deepest = r;
    if (r === last) {
      if (!witness) return { outcome: 'linearizable', work: engine.work, order: undefined };
      const steps: (readonly number[])[] = [];
      let at = number;
      for (; parents[at]! >= 0; at = parents[at]!) steps.push(used[at]!);
      const start = visited.data[at * (stride + 1) + STATE]!;
      const order = orderOf(timeline, steps.reverse(), start);
      return { outcome: 'linearizable', work: engine.work, order };
    }
    const first = stack.length;
    timeline.extend(
      visited.data,
      base,
      r,
      (config, ops) => {
        for (let i = 0; i < stride; i++) record[i] = config[i]!;
        record[stride] = r + 1;
        const next = visited.add(record, 0);
        if (next < 0) return;
        stack.push(next);
        if (witness) {
          parents[next] = number;
          used[next] = ops;
        }
      },
      isSpent,
    );
    // The shortest extension was found first: visit it first.
    for (let i = first, j = stack.length - 1; i < j; i++, j--)
      [stack[i], stack[j]] = [stack[j]!, stack[i]!];
    if (isSpent())
      return {
        outcome: 'exhausted',
        work: engine.work,
        resource: bytes() > budget.bytes ? 'bytes' : 'configurations',
        provenReturns: deepest,
        open: engine.pending.length,
        crashed: engine.crashAvailable.reduce((sum, count) => sum + count, 0),
        configurations: visited.count,
      };
  }
  const statesBefore = new Set<number>();
  for (let id = 0; id < visited.count; id++)
    if (visited.data[id * (stride + 1) + stride] === deepest)
      statesBefore.add(visited.data[id * (stride + 1) + STATE]!);
  return {
    outcome: 'violated',
    work: engine.work,
    failedReturn: deepest,
    failedOperation: timeline.operationAt(deepest),
    statesBefore: [...statesBefore],
  };
}
