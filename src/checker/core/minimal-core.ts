import { NEVER } from '../../history/history.ts';
import { frontierSearch } from '../search/frontier-search.ts';
import type { SearchTask } from '../search/search-task.ts';
import { relaxedTask } from './relaxed-task.ts';

/** A set of operations that cannot all have happened as recorded, whatever the others did. */
export interface Core {
  /** Numbers of the operations in the task, in order of invocation. */
  readonly operations: readonly number[];
  /** Leaving out any one operation makes it pass. False only when the budget ended first. */
  readonly minimal: boolean;
  /** The core holds from any state the object could have been in; nothing before it matters. */
  readonly anyStart: boolean;
}

const FIRST_WINDOW = 6;
/** More operations than this are not gone through again for every operation left out. */
const LONG = 2_000;
/** Configurations that one trial may generate, and all trials together. */
const TRIAL_BUDGET = 200_000;
const CORE_BUDGET = 1_000_000;
const CORE_BYTES = 128 * 1024 * 1024;

/**
 * Finds a 1-minimal core of a task that is violated at the completion of `failed`: first a window of late operations that is enough,
 * then one operation after the other is left out as long as the rest still fails. `leaveOutFirst` are operations that people
 * find less telling.
 */
export function minimalCore(
  task: SearchTask,
  failed: number,
  candidates?: readonly number[],
  leaveOutFirst: (operation: number) => boolean = () => false,
): Core {
  const trials = new Trials(task);
  const end = task.complete[failed]!;
  const all: number[] = [];
  for (let i = 0; i < task.op.length; i++)
    if (task.complete[i] !== NEVER && task.invoke[i]! <= end) all.push(i);
  let required: number[] | undefined;
  if (candidates !== undefined && trials.fails(new Set(candidates))) required = [...candidates];
  // The latest operations first: those that completed last before the failure, and those still open then.
  const byEnd = [...all].sort((a, b) => task.complete[b]! - task.complete[a]! || a - b);
  const upToEnd = byEnd.filter((i) => task.complete[i]! <= end);
  for (let size = FIRST_WINDOW; required === undefined && size < upToEnd.length; size *= 3) {
    const window = new Set(upToEnd.slice(0, size));
    if (trials.isLong ? trials.failsFromAnyState(window) : trials.fails(window))
      required = [...window];
  }
  return minimised(trials, required ?? upToEnd, leaveOutFirst);
}

/** Leaves out ever smaller pieces as long as the rest still fails; the last round tries every single operation. */
function minimised(
  trials: Trials,
  start: readonly number[],
  leaveOutFirst: (operation: number) => boolean,
): Core {
  let core = ordered(start);
  const anyStart = trials.failsFromAnyState(new Set(core));
  // In a long history a core that holds whatever came before it is made minimal as such.
  const fails = (required: ReadonlySet<number>): boolean =>
    anyStart && trials.isLong ? trials.failsFromAnyState(required) : trials.fails(required);
  const others = core.filter((i) => !leaveOutFirst(i));
  if (others.length > 0 && others.length < core.length && fails(new Set(others))) core = others;
  for (let piece = Math.ceil(core.length / 2); ; piece = Math.ceil(piece / 2)) {
    for (let at = 0; at < core.length && core.length > 1;) {
      const without = [...core.slice(0, at), ...core.slice(at + piece)];
      if (without.length > 0 && fails(new Set(without))) core = without;
      else at += piece;
    }
    if (piece === 1) break;
  }
  // A late removal can make an earlier operation removable: once more, until nothing changes.
  for (let before = -1; before !== core.length && !trials.exhausted;) {
    before = core.length;
    for (const i of [...core]) {
      const without = new Set(core.filter((other) => other !== i));
      if (without.size > 0 && fails(without)) core = [...without];
    }
  }
  return {
    operations: core,
    minimal: !trials.exhausted,
    anyStart: trials.failsFromAnyState(new Set(core)),
  };
}

function ordered(operations: readonly number[]): number[] {
  return [...operations].sort((a, b) => a - b);
}

class Trials {
  exhausted = false;
  readonly isLong: boolean;
  readonly #task: SearchTask;
  readonly #states: readonly number[] | undefined;
  #left = CORE_BUDGET;

  constructor(task: SearchTask) {
    this.#task = task;
    this.#states = everyState(task);
    this.isLong = task.op.length > LONG;
  }

  /** Whether the relaxed task is violated; false also when the budget does not allow to tell. */
  fails(required: ReadonlySet<number>): boolean {
    if (this.failsFromAnyState(required)) return true;
    return this.#violated(relaxedTask(this.#task, required));
  }

  failsFromAnyState(required: ReadonlySet<number>): boolean {
    return (
      this.#states !== undefined && this.#violated(relaxedTask(this.#task, required, this.#states))
    );
  }

  #violated(relaxed: SearchTask): boolean {
    const configurations = Math.min(TRIAL_BUDGET, this.#left);
    if (configurations <= 0) this.exhausted = true;
    if (this.exhausted) return false;
    const result = frontierSearch(relaxed, { configurations, bytes: CORE_BYTES });
    this.#left -= result.work + 8 * relaxed.op.length;
    if (result.outcome === 'exhausted') this.exhausted = true;
    return result.outcome === 'violated';
  }
}

/** For a register: every value it could ever hold. For other objects the states cannot be listed. */
function everyState(task: SearchTask): number[] | undefined {
  const { register } = task.machine;
  if (register === undefined) return undefined;
  const states = new Set(task.starts);
  for (const action of task.action)
    if (!task.machine.isPure(action)) states.add(register.to(action));
  return [...states];
}
