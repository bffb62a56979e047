import type { CallResult, Message, NodeId, Task, TaskStep } from './env.ts';
import { WAKE } from './event-kind.ts';
import type { NodeHost } from './node-host.ts';

/** Something that waits for time or for a reply: a generator task, or one promise of an async task. */
export interface RunningTask {
  readonly id: number;
  generator: Task<unknown> | null;
  resolve: ((value: unknown) => void) | null;
  /** As of a named timer: the queue holds one live event for a task, and one of an older generation is ignored. */
  generation: number;
  /** When that event comes, in true time; Infinity when there is none. */
  eventAtUs: number;
  /** The call it waits for, or 0. */
  call: number;
  deadlineMonotonicUs: number;
  /** The trace row in which the wait began. */
  cause: number;
}

/** What `yield* env.sleep(...)` and `yield* env.call(...)` run: one step, then its result. Cheaper than a generator of its own. */
class StepIterator<T> implements Generator<TaskStep, T, unknown> {
  // One result object for both turns: the caller reads it at once.
  readonly #result: { done: boolean; value: unknown };

  constructor(step: TaskStep) {
    this.#result = { done: true, value: step };
  }

  next(value?: unknown): IteratorResult<TaskStep, T> {
    const result = this.#result;
    // The first turn hands out the step, the second one ends with what came back.
    result.done = !result.done;
    if (result.done) result.value = value;
    return result as IteratorResult<TaskStep, T>;
  }

  return(value: T): IteratorResult<TaskStep, T> {
    return { done: true, value };
  }

  throw(error: unknown): IteratorResult<TaskStep, T> {
    throw error;
  }

  [Symbol.iterator](): this {
    return this;
  }

  [Symbol.dispose](): void {
    this.#result.done = false;
  }
}

const TIMED_OUT: CallResult = Object.freeze({ ok: false, reason: 'timeout' });

/** The tasks of one incarnation; dropped whole with it: a promise of a dead incarnation never settles. */
export class TaskRunner {
  readonly #host: NodeHost;
  readonly #tasks = new Map<number, RunningTask>();
  readonly #calls = new Map<number, RunningTask>();
  #nextId = 1;

  constructor(host: NodeHost) {
    this.#host = host;
  }

  spawn(generator: Task<unknown>): void {
    this.#advance(this.#add(generator, null), undefined);
  }

  /** For async tasks: `resolve` is called once, when `step` has its result. */
  wait(step: TaskStep, resolve: (value: unknown) => void): void {
    this.#begin(this.#add(null, resolve), step);
  }

  #add(generator: Task<unknown> | null, resolve: ((value: unknown) => void) | null): RunningTask {
    const id = this.#nextId++;
    const task = {
      id,
      generator,
      resolve,
      generation: 0,
      eventAtUs: Infinity,
      call: 0,
      deadlineMonotonicUs: 0,
      cause: -1,
    };
    this.#tasks.set(id, task);
    return task;
  }

  /** Whether some task waits for time or a reply. */
  get waiting(): boolean {
    return this.#tasks.size > 0;
  }

  /** Lets the task that would wake first do so now; false when none waits. */
  wakeFirst(): boolean {
    let first: RunningTask | null = null;
    for (const task of this.#tasks.values())
      if (first === null || task.deadlineMonotonicUs < first.deadlineMonotonicUs) first = task;
    if (first === null) return false;
    const { simulation, clock } = this.#host;
    first.deadlineMonotonicUs = clock.monotonicUs(simulation.nowUs);
    this.#pushWake(first, simulation.nowUs);
    return true;
  }

  /** A wake event arrived: true when the task's wait ends now. */
  wakes(task: RunningTask, generation: number): boolean {
    if (task.generation !== generation) return false;
    task.eventAtUs = Infinity;
    if (!this.#tasks.has(task.id)) return false;
    const { simulation, clock } = this.#host;
    const atUs = clock.trueTimeOf(task.deadlineMonotonicUs, simulation.nowUs);
    if (atUs <= simulation.nowUs) return true;
    this.#pushWake(task, atUs);
    return false;
  }

  wake(task: RunningTask): void {
    if (task.call === 0) {
      this.#advance(task, undefined);
    } else {
      this.#calls.delete(task.call);
      this.#advance(task, TIMED_OUT);
    }
  }

  /** A reply to `call` arrived; false when nobody waits for it any more. */
  answer(call: number, message: Message): boolean {
    const task = this.#calls.get(call);
    if (task === undefined) return false;
    this.#calls.delete(call);
    this.#advance(task, { ok: true, message });
    return true;
  }

  /** The node's clock changed its rate: every waiting task gets a new wake event. */
  reschedule(): void {
    const { simulation, clock } = this.#host;
    for (const task of this.#tasks.values()) {
      this.#pushWake(task, clock.trueTimeOf(task.deadlineMonotonicUs, simulation.nowUs));
    }
  }

  #advance(task: RunningTask, value: unknown): void {
    task.call = 0;
    const { generator, resolve } = task;
    if (generator === null) {
      this.#end(task);
      this.#host.simulation.asyncWoken = true;
      resolve?.(value);
      return;
    }
    const result = generator.next(value);
    if (result.done === true) this.#end(task);
    else this.#begin(task, result.value);
  }

  /** Its wake event may stay in the queue for long (the timeout of a call that was answered): it must not hold the answer. */
  #end(task: RunningTask): void {
    this.#tasks.delete(task.id);
    task.generator = null;
    task.resolve = null;
  }

  #begin(task: RunningTask, step: TaskStep): void {
    const host = this.#host;
    if (step.kind === 'sleep') {
      this.#wait(task, step.delayUs);
    } else {
      task.call = host.nextCall();
      this.#calls.set(task.call, task);
      this.#wait(task, step.timeoutUs);
      host.simulation.transport.send(host.id, step.to, step.message, task.call);
    }
  }

  #wait(task: RunningTask, delayUs: number): void {
    if (!(delayUs >= 0))
      throw new RangeError(
        `a task waits for ${delayUs} µs: expected 0 or more virtual microseconds`,
      );
    const { simulation, clock } = this.#host;
    task.deadlineMonotonicUs = clock.monotonicUs(simulation.nowUs) + Math.floor(delayUs);
    task.cause = simulation.trace.lastCause;
    const atUs = clock.trueTimeOf(task.deadlineMonotonicUs, simulation.nowUs);
    // An earlier event finds on arrival that the task waits longer now, and goes back into the queue.
    if (task.eventAtUs > atUs) this.#pushWake(task, atUs);
  }

  #pushWake(task: RunningTask, atUs: number): void {
    task.generation += 1;
    task.eventAtUs = atUs;
    if (atUs === Infinity) return;
    const host = this.#host;
    host.simulation.schedule(atUs, WAKE, host.id, host.incarnation, task.id, task.generation, task);
  }
}

/** The step of `env.sleep`. */
export function sleepStep(delayUs: number): Task {
  return new StepIterator<undefined>({ kind: 'sleep', delayUs });
}

/** The step of `env.call`. */
export function callStep<M extends Message>(
  to: NodeId,
  message: Message,
  timeoutUs: number,
): Task<CallResult<M>> {
  return new StepIterator<CallResult<M>>({ kind: 'call', to, message, timeoutUs });
}
