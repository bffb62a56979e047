import type { Budget } from './budget.ts';
import { ConfigTable } from './config-table.ts';
import { keepUndominated } from './dominance.ts';
import { STATE } from './open-operations.ts';
import type { SearchResult } from './search-result.ts';
import type { SearchTask } from './search-task.ts';
import { Timeline } from './timeline.ts';
import { orderOf } from './witness-order.ts';

/**
 * Breadth-first: keeps every configuration that is possible after each completion (less those that others make
 * superfluous). Memory is the largest such set, whatever the length of the history; at a quiescent moment only states are left.
 * Refutes well. With `witness`, keeps the way to each configuration and so memory grows with the history.
 */
export function frontierSearch(task: SearchTask, budget: Budget, witness = false): SearchResult {
  const timeline = new Timeline(task, witness);
  const { engine } = timeline;
  let current = new ConfigTable(engine.stride);
  let kept = new ConfigTable(engine.stride);
  const found = new ConfigTable(engine.stride);
  timeline.start(current);
  const links: { parent: Int32Array; used: (readonly number[])[] }[] = [];
  let linkBytes = 0;
  const bytes = (): number => engine.bytes + current.bytes + kept.bytes + found.bytes + linkBytes;
  const isSpent = (): boolean => engine.work > budget.configurations || bytes() > budget.bytes;
  for (let r = 0; r < timeline.returns.length; r++) {
    found.clear();
    const parents: number[] = [];
    const used: (readonly number[])[] = [];
    let id = 0;
    const accept = (config: Int32Array, ops: readonly number[]): void => {
      const number = found.add(config, 0);
      if (!witness || number < 0) return;
      parents[number] = id;
      used[number] = ops;
    };
    for (; id < current.count; id++) {
      timeline.extend(current.data, id * engine.stride, r, accept, isSpent);
      if (isSpent())
        return {
          outcome: 'exhausted',
          work: engine.work,
          resource: engine.work > budget.configurations ? 'configurations' : 'bytes',
          provenReturns: r,
          open: engine.pending.length,
          crashed: engine.crashAvailable.reduce((sum, count) => sum + count, 0),
          configurations: found.count,
        };
    }
    if (found.count === 0)
      return {
        outcome: 'violated',
        work: engine.work,
        failedReturn: r,
        failedOperation: timeline.operationAt(r),
        statesBefore: statesOf(current),
      };
    keepUndominated(found, kept, engine.words, engine.crash);
    if (witness) {
      const link = linksOf(found, kept, parents, used);
      links.push(link);
      linkBytes += link.parent.byteLength * 8 + 64;
    }
    [current, kept] = [kept, current];
  }
  let order: number[] | undefined;
  if (witness) {
    const steps: (readonly number[])[] = [];
    let at = 0;
    for (let r = links.length - 1; r >= 0; r--) {
      steps.push(links[r]!.used[at]!);
      at = links[r]!.parent[at]!;
    }
    order = orderOf(timeline, steps.reverse(), current.count > 0 ? startOf(timeline, at) : 0);
  }
  return { outcome: 'linearizable', work: engine.work, order };
}

function startOf(timeline: Timeline, id: number): number {
  return timeline.task.starts[id] ?? 0;
}

function linksOf(
  found: ConfigTable,
  kept: ConfigTable,
  parents: readonly number[],
  used: readonly (readonly number[])[],
): { parent: Int32Array; used: (readonly number[])[] } {
  const parent = new Int32Array(kept.count);
  const usedOf: (readonly number[])[] = [];
  for (let id = 0; id < kept.count; id++) {
    const number = found.find(kept.data, id * kept.stride);
    parent[id] = parents[number]!;
    usedOf.push(used[number]!);
  }
  return { parent, used: usedOf };
}

function statesOf(table: ConfigTable): number[] {
  const states = new Set<number>();
  for (let id = 0; id < table.count; id++) states.add(table.data[id * table.stride + STATE]!);
  return [...states];
}
