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
  const startMs = performance.now();
  const world = new World(scenario, {
    seed: options.seed,
    trace: options.trace ?? 'off',
    invariants: options.invariants ?? true,
    schedule: options.schedule ?? null,
    freeze: options.freeze ?? false,
    stopAtViolation: options.stopAtViolation ?? false,
  });
  options.prepare?.(world);
  const { simulation } = world;
  const maxEvents = Math.min(scenario.maxEvents, options.untilEvent ?? Infinity);
  const liveness =
    scenario.livenessUs === null ? null : new LivenessPhase(world, scenario.livenessUs);
  simulation.control(scenario.durationUs, 'heal', () => {
    if (!world.required.idle) world.noteStates();
    world.faults.heal();
    for (const driver of world.drivers) {
      driver.stopWorkload();
      driver.clearQueue();
    }
    if (liveness === null) simulation.stop();
    else liveness.begin();
  });
  try {
    simulation.run({ maxEvents });
  } catch (error) {
    throw located(error, world, options.seed);
  }
  const simulatedMs = performance.now();
  const history = world.history.build();
  const truncated = simulation.trace.events >= maxEvents;
  const properties = judge(world, history, liveness, truncated);
  return {
    scenario,
    seed: options.seed,
    hash: simulation.trace.hash(),
    checkpoints: simulation.trace.checkpoints(),
    events: simulation.trace.events,
    virtualUs: simulation.nowUs,
    schedule: world.schedule,
    faults: world.faults.reports(),
    properties,
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
    timings: { simulateMs: simulatedMs - startMs, checkMs: performance.now() - simulatedMs },
  };
}

/** Ambient access ends a run without a result: its message says where in which run. */
function located(error: unknown, { scenario, simulation }: World, seed: string): unknown {
  if (!(error instanceof AmbientAccessError)) return error;
  const { message } = error;
  error.message = `${message} Seen in ${scenario.name}, seed ${seed}, at event ${simulation.trace.events}.`;
  error.stack = (error.stack ?? '').replace(message, () => error.message);
  return error;
}
