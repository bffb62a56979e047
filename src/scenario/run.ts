import { AmbientAccessError } from '../sim/engine/guard.ts';
import type { TraceLevel } from '../sim/engine/trace.ts';
import type { Fault } from '../sim/faults/fault.ts';
import { judge } from './judge.ts';
import { LivenessPhase } from './liveness.ts';
import type { RunResult } from './run-result.ts';
import type { Scenario } from './scenario.ts';
import { World } from './world.ts';

export interface RunOptions {
  readonly seed: string;
  /** Default `off`: only the hash. `full` is for `show`: it keeps payloads. */
  readonly trace?: TraceLevel;
  /** Default true. */
  readonly invariants?: boolean;
  /** Run exactly these faults instead of the scenario's and the nemesis'. */
  readonly schedule?: readonly Fault[] | null;
  /** Stop after this many events; the verdicts are then about the run so far. */
  readonly untilEvent?: number;
  /** Freeze messages when sent. */
  readonly freeze?: boolean;
  /**
   * Judge the history while it is made and stop at the first answer that no order explains; its event is the property's.
   * Default false: the history is judged after the run.
   */
  readonly stopAtViolation?: boolean;
  /** Called with the world before its first event, to watch it; what it changes is on the caller. */
  readonly prepare?: (world: World) => void;
}

/**
 * Runs a scenario once: the fault phase, the heal, the liveness phase, the verdicts. Same scenario, seed and schedule:
 * same hash.
 * @throws AmbientAccessError when simulated code touched ambient time, chance or timers.
 */
export function runScenario(scenario: Scenario, options: RunOptions): RunResult {
  const run = new RunUnderWay(scenario, options);
  run.advance(Infinity);
  return run.finish();
}

/** Events between two turns of the host: a fraction of a second. */
const TURN_EVENTS = 20_000;

/**
 * As {@link runScenario}, but lets the host's event loop have a turn now and then, so that signals are heard. Null when
 * `isWanted` says, after a turn, that nobody waits for the result any more.
 */
export async function runScenarioInTurns(
  scenario: Scenario,
  options: RunOptions,
  isWanted: () => boolean,
): Promise<RunResult | null> {
  const run = new RunUnderWay(scenario, options);
  for (let events = TURN_EVENTS; !run.advance(events); events += TURN_EVENTS) {
    await hostTurn();
    if (!isWanted()) return null;
  }
  await hostTurn();
  return isWanted() ? run.finish() : null;
}

function hostTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

class RunUnderWay {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #world: World;
  readonly #liveness: LivenessPhase | null;
  readonly #maxEvents: number;
  readonly #startMs = performance.now();

  constructor(scenario: Scenario, options: RunOptions) {
    this.#scenario = scenario;
    this.#options = options;
    const world = new World(scenario, {
      seed: options.seed,
      trace: options.trace ?? 'off',
      invariants: options.invariants ?? true,
      schedule: options.schedule ?? null,
      freeze: options.freeze ?? false,
      stopAtViolation: options.stopAtViolation ?? false,
    });
    this.#world = world;
    options.prepare?.(world);
    this.#maxEvents = Math.min(scenario.maxEvents, options.untilEvent ?? Infinity);
    this.#liveness =
      scenario.livenessUs === null
        ? null
        : new LivenessPhase(world, scenario.livenessUs, scenario.idleUs);
    world.simulation.control(scenario.durationUs, 'heal', () => {
      this.#heal();
    });
  }

  #heal(): void {
    const world = this.#world;
    if (!world.required.idle) world.noteStates();
    world.heal();
    for (const driver of world.drivers) {
      driver.stopWorkload();
      driver.clearQueue();
    }
    if (this.#liveness === null) world.simulation.stop();
    else this.#liveness.begin();
  }

  /** Goes on until this many events in all; true when the run has ended. */
  advance(events: number): boolean {
    const { simulation } = this.#world;
    const maxEvents = Math.min(this.#maxEvents, events);
    try {
      simulation.run({ maxEvents });
    } catch (error) {
      throw located(error, this.#world, this.#options.seed);
    }
    return (
      simulation.stopped ||
      simulation.queue.size === 0 ||
      simulation.trace.events >= this.#maxEvents
    );
  }

  finish(): RunResult {
    const world = this.#world;
    const { simulation } = world;
    const simulatedMs = performance.now();
    world.end();
    const history = world.history.build();
    const truncated = simulation.trace.events >= this.#maxEvents;
    const properties = judge(world, history, this.#liveness, truncated);
    return {
      scenario: this.#scenario,
      seed: this.#options.seed,
      hash: simulation.trace.hash(),
      checkpoints: simulation.trace.checkpoints(),
      events: simulation.trace.events,
      virtualUs: simulation.nowUs,
      schedule: world.schedule,
      core: world.core,
      faults: world.faults.reports(),
      properties,
      figures: world.figures(),
      operations: world.operations,
      messages: {
        sent: world.network.sent,
        delivered: world.network.delivered,
        lost: world.network.lost,
      },
      history,
      failures: simulation.failures,
      trace: simulation.trace,
      world,
      timings: {
        simulateMs: simulatedMs - this.#startMs,
        checkMs: performance.now() - simulatedMs,
      },
    };
  }
}

/** Ambient access ends a run without a result: its message says where in which run. */
function located(error: unknown, { scenario, simulation }: World, seed: string): unknown {
  if (!(error instanceof AmbientAccessError)) return error;
  const { message } = error;
  error.message = `${message} Seen in ${scenario.name}, seed ${seed}, at event ${simulation.trace.events}.`;
  error.stack = (error.stack ?? '').replace(message, () => error.message);
  return error;
}
