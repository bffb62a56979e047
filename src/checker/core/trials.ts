import { frontierSearch } from '../search/frontier-search.ts';
import type { SearchTask } from '../search/search-task.ts';
import type { CoreBudget } from './core-budget.ts';
import { relaxedTask } from './relaxed-task.ts';

/** More operations than this are not gone through again for every operation left out. */
const LONG = 2_000;
/** Configurations that one trial may generate. */
const TRIAL_BUDGET = 200_000;
const TRIAL_BYTES = 128 * 1024 * 1024;
/** What going through one operation of a relaxed task costs beside its configurations. */
const WORK_PER_OPERATION = 8;

/** Asks of sets of operations whether they alone, all others being optional, have no order. */
export class Trials {
  #undecided = false;
  readonly isLong: boolean;
  readonly #task: SearchTask;
  readonly #states: readonly number[] | undefined;
  readonly #budget: CoreBudget;
  readonly #reserve: number;

  /** Spends no more of `budget` than leaves `reserve` in it. */
  constructor(task: SearchTask, budget: CoreBudget, reserve: number) {
    this.#task = task;
    this.#budget = budget;
    this.#reserve = reserve;
    this.#states = everyState(task);
    this.isLong = task.op.length > LONG;
  }

  /** Some trial could not be decided, or the budget is spent: the core may hold more than is needed. */
  get undecided(): boolean {
    return this.#undecided;
  }

  /** Whether cores can be tried that hold whatever came before them. */
  get knowsEveryState(): boolean {
    return this.#states !== undefined;
  }

  get spent(): boolean {
    return this.#budget.left <= this.#reserve;
  }

  /** What could not be decided about other sets does not matter to the one that was found. */
  forgetUndecided(): void {
    this.#undecided = false;
  }

  /** Whether the relaxed task is violated; false also when the budget does not allow to tell. */
  fails(required: ReadonlySet<number>): boolean {
    if (this.failsFromAnyState(required)) return true;
    return this.#violated(required, undefined);
  }

  failsFromAnyState(required: ReadonlySet<number>): boolean {
    return this.#states !== undefined && this.#violated(required, this.#states);
  }

  #violated(required: ReadonlySet<number>, starts: readonly number[] | undefined): boolean {
    const configurations = Math.min(TRIAL_BUDGET, this.#budget.left - this.#reserve);
    if (configurations <= 0) {
      this.#undecided = true;
      return false;
    }
    const relaxed = relaxedTask(this.#task, required, starts);
    const result = frontierSearch(relaxed, { configurations, bytes: TRIAL_BYTES });
    this.#budget.spend(
      result.work + WORK_PER_OPERATION * relaxed.op.length + this.#task.op.length + required.size,
    );
    if (result.outcome === 'exhausted') this.#undecided = true;
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
