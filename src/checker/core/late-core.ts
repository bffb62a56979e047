import { ConfigTable } from '../search/config-table.ts';
import { keepUndominated } from '../search/dominance.ts';
import { STATE } from '../search/open-operations.ts';
import type { SearchTask } from '../search/search-task.ts';
import { Timeline } from '../search/timeline.ts';
import type { CoreBudget } from './core-budget.ts';
import { shrink } from './shrink.ts';

/** A core among the last operations before a failure, everything that had begun before them being taken as recorded. */
export interface LateCore {
  readonly operations: readonly number[];
  readonly minimal: boolean;
  /** Position in the history: whatever was invoked before it is taken as recorded. */
  readonly settledBefore: number;
  /** States that the object could be in there; empty when operations were open across the cut. */
  readonly states: readonly number[];
}

/** How many completions before the failure a quiescent moment is looked for, and how many are taken when there is none. */
export interface CutWindow {
  readonly quiescentWithin: number;
  readonly busy: number;
}

const CUT_WINDOW: CutWindow = { quiescentWithin: 200, busy: 48 };

/**
 * Cuts the task before its failing completion, at the last quiescent moment if one is near, and leaves out what it can of the
 * operations behind the cut. The configurations at the cut are computed once, so that a trial costs what lies behind it,
 * however long the history. Undefined when the budget does not even reach the cut.
 */
export function lateCore(
  task: SearchTask,
  failed: number,
  budget: CoreBudget,
  window: CutWindow = CUT_WINDOW,
): LateCore | undefined {
  const optional = new Uint8Array(task.op.length);
  const timeline = new Timeline({ ...task, optional });
  let last = 0;
  while (timeline.operationAt(last) !== failed) last++;
  const { first, quiescent } = cutBefore(timeline, last, window);
  const start = new ConfigTable(timeline.engine.stride);
  timeline.start(start);
  const atCut = advance(timeline, start, 0, first - 1, budget);
  if (atCut === 'spent' || atCut.count === 0) return undefined;
  const settledBefore = first === 0 ? 0 : task.complete[timeline.operationAt(first - 1)]!;
  // What is open across the cut stays required: the configurations there already stand for choices between such operations.
  const behind: number[] = [failed];
  for (let r = first; r < last; r++)
    if (task.invoke[timeline.operationAt(r)]! >= settledBefore)
      behind.push(timeline.operationAt(r));
  const trials = { undecided: false };
  const fails = (required: ReadonlySet<number>): boolean => {
    // Without it, everything was in order up to here.
    if (!required.has(failed)) return false;
    for (const i of behind) optional[i] = required.has(i) ? 0 : 1;
    timeline.optionalChanged();
    const after = advance(timeline, atCut, first, last, budget);
    if (after === 'spent') trials.undecided = true;
    return after !== 'spent' && after.count === 0;
  };
  const operations = shrink(behind, fails, () => budget.left > 0);
  return {
    operations,
    minimal: !trials.undecided && budget.left > 0,
    settledBefore,
    states: quiescent ? statesOf(atCut) : [],
  };
}

/** The first completion behind the cut. */
function cutBefore(
  timeline: Timeline,
  last: number,
  window: CutWindow,
): { first: number; quiescent: boolean } {
  const { events, slotOf } = timeline;
  let open = 0;
  let quiet = 0;
  let r = 0;
  for (let e = 0; r < last && e < events.length; e++) {
    const event = events[e]!;
    if (slotOf[event >> 1]! < 0) continue;
    open += (event & 1) === 0 ? 1 : -1;
    if ((event & 1) === 1) {
      r++;
      if (open === 0) quiet = r;
    }
  }
  return last - quiet <= window.quiescentWithin
    ? { first: quiet, quiescent: true }
    : { first: Math.max(0, last - window.busy), quiescent: false };
}

/** The configurations after completions `first` to `last`; empty when there are none. */
function advance(
  timeline: Timeline,
  start: ConfigTable,
  first: number,
  last: number,
  budget: CoreBudget,
): ConfigTable | 'spent' {
  const { engine } = timeline;
  let current = start;
  for (let r = first; r <= last; r++) {
    const found = new ConfigTable(engine.stride);
    const before = engine.work;
    const isSpent = (): boolean => engine.work - before > budget.left;
    const accept = (config: Int32Array): void => {
      found.add(config, 0);
    };
    for (let id = 0; id < current.count; id++) {
      timeline.extend(current.data, id * engine.stride, r, accept, isSpent);
      if (!isSpent()) continue;
      budget.spend(engine.work - before);
      return 'spent';
    }
    budget.spend(engine.work - before + 1);
    if (found.count === 0) return found;
    const kept = new ConfigTable(engine.stride);
    keepUndominated(found, kept, engine.words, engine.crash);
    current = kept;
  }
  return current;
}

function statesOf(table: ConfigTable): number[] {
  const states = new Set<number>();
  for (let id = 0; id < table.count; id++) states.add(table.data[id * table.stride + STATE]!);
  return [...states];
}
