import { NEVER } from '../../history/history.ts';
import type { ConfigTable } from './config-table.ts';
import { JitEngine } from './engine.ts';
import type { Found } from './engine.ts';
import { STATE, WORD_BITS } from './open-operations.ts';
import { eventsOf } from './search-task.ts';
import type { SearchTask } from './search-task.ts';

/**
 * A recorded task as a sequence of completions that a search can visit in any order. Operations are numbered as in the task;
 * slots are handed out once for the whole history, so that a configuration means the same whenever it is visited.
 */
export class Timeline {
  readonly task: SearchTask;
  readonly engine: JitEngine;
  readonly events: Int32Array;
  /** Event numbers of the completions, in order. */
  readonly returns: Int32Array;
  readonly slotOf: Int32Array;
  #at = 0;
  #current = -1;
  #fresh: number[] = [];

  constructor(task: SearchTask, tracing = false) {
    this.task = task;
    this.events = eventsOf(task);
    this.slotOf = new Int32Array(task.op.length).fill(-1);
    const returns: number[] = [];
    const free: number[] = [];
    let slots = 0;
    for (let e = 0; e < this.events.length; e++) {
      const event = this.events[e]!;
      const i = event >> 1;
      if (event & 1) {
        free.push(this.slotOf[i]!);
        returns.push(e);
      } else if (task.complete[i] !== NEVER) this.slotOf[i] = free.pop() ?? slots++;
    }
    this.returns = Int32Array.from(returns);
    this.engine = new JitEngine(task.machine, Math.max(1, Math.ceil(slots / WORD_BITS)), tracing);
    for (const event of this.events) {
      const i = event >> 1;
      if (this.slotOf[i]! < 0) this.#kindOps(i).push(i);
    }
  }

  /** The operation that completion `r` completes. */
  operationAt(r: number): number {
    return this.events[this.returns[r]!]! >> 1;
  }

  /** Adds the configurations before the first event. */
  start(into: ConfigTable): void {
    const config = new Int32Array(this.engine.stride);
    for (const state of this.task.starts) {
      config[STATE] = state;
      into.add(config, 0);
    }
  }

  /** Extends a configuration, as it was after completion `r - 1`, over completion `r`, unless `isSpent` before the end. */
  extend(
    source: Int32Array,
    offset: number,
    r: number,
    found: Found,
    isSpent: () => boolean,
  ): void {
    if (r !== this.#current) this.#moveTo(r);
    const goal = this.slotOf[this.operationAt(r)]!;
    this.engine.extend(source, offset, this.#fresh, goal, found, isSpent);
  }

  /** To be called when the contents of `task.optional` have changed. */
  optionalChanged(): void {
    this.#current = -1;
  }

  #moveTo(r: number): void {
    const target = this.returns[r]!;
    while (this.#at < target) this.#apply(this.events[this.#at++]!, 1);
    while (this.#at > target) this.#apply(this.events[--this.#at]!, -1);
    const fresh: number[] = [];
    for (let e = r === 0 ? 0 : this.returns[r - 1]! + 1; e < target; e++) {
      const i = this.events[e]! >> 1;
      const slot = this.slotOf[i]!;
      if (slot < 0) continue;
      fresh.push(slot);
      this.engine.slotOptional[slot] = (this.task.optional?.[i] ?? 0) !== 0;
    }
    this.#fresh = fresh;
    this.#current = r;
    this.engine.prepare();
  }

  #apply(event: number, direction: 1 | -1): void {
    const { task, engine } = this;
    const i = event >> 1;
    const slot = this.slotOf[i]!;
    if (slot < 0) engine.crashAvailable[engine.crashKind(task.action[i]!)]! += direction;
    else if ((event & 1) === (direction === 1 ? 1 : 0)) engine.close(slot);
    else engine.open(slot, i, task.action[i]!, task.complete[i]!, (task.optional?.[i] ?? 0) !== 0);
  }

  #kindOps(i: number): number[] {
    return this.engine.crashOps[this.engine.crashKind(this.task.action[i]!)]!;
  }
}
