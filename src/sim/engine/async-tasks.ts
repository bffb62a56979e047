import type { CallResult, Message, NodeId } from './env.ts';
import type { IncarnationEnv } from './node-env.ts';
import { AmbientAccessError } from './guard.ts';
import type { NodeHost } from './node-host.ts';

/**
 * Promises over virtual time, for people's own code. They need `Simulation.runAsync`: after an event that woke a promise
 * the loop waits until the microtask queue is empty before it takes the next event (DESIGN §3). No `await` of anything
 * but these promises is allowed in simulated code; a foreign promise would settle in real time.
 */
export class AsyncTasks {
  readonly #host: NodeHost;

  constructor(host: NodeHost) {
    this.#host = host;
  }

  spawn(task: () => Promise<unknown>): void {
    const host = this.#host;
    const { incarnation, simulation } = host;
    simulation.asyncWoken = true;
    task().catch((error: unknown) => {
      // The guard has kept it and ends the run with it; thrown from here it would reach nobody.
      if (error instanceof AmbientAccessError) return;
      if (host.incarnation === incarnation) host.fail(error);
    });
  }

  sleep(env: IncarnationEnv, delayUs: number): Promise<void> {
    return this.#wait<undefined>(env, { kind: 'sleep', delayUs });
  }

  call<M extends Message>(
    env: IncarnationEnv,
    to: NodeId,
    message: Message,
    timeoutUs: number,
  ): Promise<CallResult<M>> {
    return this.#wait<CallResult<M>>(env, { kind: 'call', to, message, timeoutUs });
  }

  #wait<T>(env: IncarnationEnv, step: Parameters<NodeHost['tasks']['wait']>[0]): Promise<T> {
    return new Promise<T>((resolve) => {
      // A task that outlived its incarnation waits for ever: the process is gone.
      if (this.#host.env !== env) return;
      this.#host.tasks.wait(step, resolve as (value: unknown) => void);
    });
  }
}

/** Waits until no microtask is left. */
export class MicrotaskDrain {
  static #lastTurn: Promise<void> = Promise.resolve();
  #drains = 0;
  // Taken before the guard refuses them.
  readonly #nextTick = process.nextTick.bind(process);
  readonly #setImmediate = setImmediate;

  /**
   * Asynchronous runs of one process take turns: their guards patch the same globals and must be removed in the reverse
   * order, and one run's refusals must not meet the code that waits for another. Waits for the runs that asked before;
   * the turn lasts until the returned function is called.
   */
  static async takeTurn(): Promise<() => void> {
    const before = MicrotaskDrain.#lastTurn;
    let end: () => void = () => undefined;
    MicrotaskDrain.#lastTurn = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  }

  /** True now and then: the host's own timers and signals want a turn, through {@link hostTurn}. */
  isHostTurnDue(): boolean {
    this.#drains += 1;
    return this.#drains % HOST_TURN_EVERY_DRAINS === 0;
  }

  /** A tick callback runs only when the microtask queue has become empty, however deep the chain of awaits. */
  microtasks(): Promise<void> {
    return new Promise((resolve) => {
      this.#nextTick(resolve);
    });
  }

  hostTurn(): Promise<void> {
    return new Promise((resolve) => {
      this.#setImmediate(resolve);
    });
  }
}

const HOST_TURN_EVERY_DRAINS = 1000;
