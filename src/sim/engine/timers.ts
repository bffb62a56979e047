import { TIMER } from './event-kind.ts';
import type { NodeHost } from './node-host.ts';

/** One named timer of one incarnation. */
export interface NamedTimer {
  readonly name: string;
  readonly id: number;
  /** Of the name: ids count in the order of first use, so two programs may give one id to different timers. */
  readonly digest: number;
  armed: boolean;
  deadlineMonotonicUs: number;
  /** The queue holds at most one live event for a timer; an event of an older generation is ignored. */
  generation: number;
  /** When that event comes, in true time; Infinity when there is none. */
  eventAtUs: number;
  /** The trace row in which it was set last. */
  cause: number;
}

/**
 * The named timers of one incarnation. A timer set later than before keeps its old event, which on arrival finds the
 * deadline moved and goes back into the queue: protocols that push an election timeout ahead at every heartbeat then
 * cost one queue operation a timeout, not one a heartbeat.
 */
export class NamedTimers {
  readonly #host: NodeHost;
  readonly #timers = new Map<string, NamedTimer>();

  constructor(host: NodeHost) {
    this.#host = host;
  }

  set(name: string, delayUs: number): void {
    if (!(delayUs >= 0) || delayUs > Number.MAX_SAFE_INTEGER)
      throw new RangeError(
        `setTimer('${name}', ${delayUs}): expected a delay of 0 or more virtual microseconds`,
      );
    const { simulation, clock } = this.#host;
    const nowUs = simulation.nowUs;
    let timer = this.#timers.get(name);
    if (timer === undefined) {
      timer = {
        name,
        id: this.#timers.size,
        digest: simulation.digester.ofString(name),
        armed: true,
        deadlineMonotonicUs: 0,
        generation: 0,
        eventAtUs: Infinity,
        cause: -1,
      };
      this.#timers.set(name, timer);
    }
    timer.armed = true;
    timer.cause = simulation.trace.lastCause;
    timer.deadlineMonotonicUs = clock.monotonicUs(nowUs) + Math.floor(delayUs);
    const atUs = clock.nominal
      ? nowUs + Math.floor(delayUs)
      : clock.trueTimeOf(timer.deadlineMonotonicUs, nowUs);
    if (timer.eventAtUs > atUs) this.#push(timer, atUs);
  }

  cancel(name: string): void {
    const timer = this.#timers.get(name);
    if (timer !== undefined) timer.armed = false;
  }

  /** The names of the timers that are set, in the order of their first use. */
  armed(): string[] {
    return [...this.#timers.values()].filter((timer) => timer.armed).map(({ name }) => name);
  }

  /** Lets an armed timer fire at once; false when it is not armed. */
  fireNow(name: string): boolean {
    const timer = this.#timers.get(name);
    if (timer?.armed !== true) return false;
    const { simulation, clock } = this.#host;
    timer.deadlineMonotonicUs = clock.monotonicUs(simulation.nowUs);
    timer.cause = simulation.trace.lastCause;
    this.#push(timer, simulation.nowUs);
    return true;
  }

  /** An event of `timer` arrived: true when the timer really fires now. */
  fires(timer: NamedTimer, generation: number): boolean {
    if (generation !== timer.generation) return false;
    timer.eventAtUs = Infinity;
    if (!timer.armed) return false;
    const { simulation, clock } = this.#host;
    const atUs = clock.trueTimeOf(timer.deadlineMonotonicUs, simulation.nowUs);
    if (atUs > simulation.nowUs) {
      this.#push(timer, atUs);
      return false;
    }
    timer.armed = false;
    return true;
  }

  /** The node's clock changed its rate: every armed timer gets a new event. */
  reschedule(): void {
    const { simulation, clock } = this.#host;
    for (const timer of this.#timers.values()) {
      timer.eventAtUs = Infinity;
      timer.generation += 1;
      if (timer.armed)
        this.#push(timer, clock.trueTimeOf(timer.deadlineMonotonicUs, simulation.nowUs));
    }
  }

  #push(timer: NamedTimer, atUs: number): void {
    timer.generation += 1;
    timer.eventAtUs = atUs;
    // A frozen clock never gets there; the thaw reschedules.
    if (atUs === Infinity) return;
    const host = this.#host;
    host.simulation.schedule(
      atUs,
      TIMER,
      host.id,
      host.incarnation,
      timer.id,
      timer.generation,
      timer,
    );
  }
}
