import { NEVER } from '../../history/history.ts';
import type { SearchTask } from '../search/search-task.ts';
import { CoreBudget } from './core-budget.ts';
import { lateCore } from './late-core.ts';
import { shrink } from './shrink.ts';
import { Trials } from './trials.ts';

/** A set of operations that cannot all have happened as recorded, whatever the others did. */
export interface Core {
  /** Numbers of the operations in the task, in order of invocation. */
  readonly operations: readonly number[];
  /** Leaving out any one operation makes it pass. False only when the budget ended first. */
  readonly minimal: boolean;
  /** The core holds from any state the object could have been in; nothing before it matters. */
  readonly anyStart: boolean;
  /** Position in the history; whatever was invoked before it is taken as recorded. */
  readonly settledBefore: number | undefined;
  /** States that the object could be in at that position; empty when that cannot be said in a word. */
  readonly states: readonly number[];
  /** What finding it cost: configurations, and operations gone through to prepare trials. */
  readonly work: number;
}

type WholeCore = Pick<Core, 'operations' | 'minimal' | 'anyStart'>;

const FIRST_WINDOW = 6;
/** Work of all trials together, and how much of it is kept for a core behind a cut. */
const CORE_BUDGET = 1_200_000;
const CUT_BUDGET = 400_000;
/** A core that is not minimal and larger than this tells nobody anything: then the history is cut. */
const READABLE = 12;

/**
 * Finds a 1-minimal core of a task that is violated at the completion of `failed`: first a window of late operations that is enough,
 * then one operation after the other is left out as long as the rest still fails. Where that is too much work, the history
 * is cut before the failure and what began before the cut is taken as recorded. `leaveOutFirst` are operations that people
 * find less telling.
 */
export function minimalCore(
  task: SearchTask,
  failed: number,
  candidates?: readonly number[],
  leaveOutFirst: (operation: number) => boolean = () => false,
): Core {
  const budget = new CoreBudget(CORE_BUDGET);
  const trials = new Trials(task, budget, CUT_BUDGET);
  const whole = wholeCore(task, failed, trials, candidates, leaveOutFirst);
  const late =
    whole.minimal || whole.operations.length <= READABLE
      ? undefined
      : lateCore(task, failed, budget);
  const work = CORE_BUDGET - budget.left;
  if (late === undefined || late.operations.length >= whole.operations.length)
    return { ...whole, settledBefore: undefined, states: [], work };
  return { ...late, anyStart: false, work };
}

function wholeCore(
  task: SearchTask,
  failed: number,
  trials: Trials,
  candidates: readonly number[] | undefined,
  leaveOutFirst: (operation: number) => boolean,
): WholeCore {
  const end = task.complete[failed]!;
  let required: number[] | undefined;
  if (candidates !== undefined && trials.fails(new Set(candidates))) required = [...candidates];
  // The latest operations first: those that completed last before the failure, and those still open then.
  const upToEnd: number[] = [];
  for (let i = 0; i < task.op.length; i++)
    if (task.complete[i] !== NEVER && task.complete[i]! <= end) upToEnd.push(i);
  upToEnd.sort((a, b) => task.complete[b]! - task.complete[a]! || a - b);
  const anyState = trials.isLong && trials.knowsEveryState;
  for (
    let size = FIRST_WINDOW;
    required === undefined && size < upToEnd.length && !trials.spent;
    size *= 3
  ) {
    const window = new Set(upToEnd.slice(0, size));
    if (anyState ? trials.failsFromAnyState(window) : trials.fails(window)) required = [...window];
  }
  return minimised(trials, required ?? upToEnd, leaveOutFirst);
}

/** Leaves out what it can. */
function minimised(
  trials: Trials,
  start: readonly number[],
  leaveOutFirst: (operation: number) => boolean,
): WholeCore {
  let core = [...start].sort((a, b) => a - b);
  trials.forgetUndecided();
  const anyStart = trials.failsFromAnyState(new Set(core));
  // In a long history a core that holds whatever came before it is made minimal as such.
  const fails = (required: ReadonlySet<number>): boolean =>
    anyStart && trials.isLong ? trials.failsFromAnyState(required) : trials.fails(required);
  const others = core.filter((i) => !leaveOutFirst(i));
  if (others.length > 0 && others.length < core.length && fails(new Set(others))) core = others;
  core = shrink(core, fails, () => !trials.spent);
  const minimal = !trials.undecided && !trials.spent;
  return {
    operations: core,
    minimal,
    anyStart: trials.failsFromAnyState(new Set(core)),
  };
}
