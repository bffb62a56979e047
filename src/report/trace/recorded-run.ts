import type { RunResult } from '../../scenario/run-result.ts';
import { runScenario, type RunOptions } from '../../scenario/run.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { World } from '../../scenario/world.ts';
import { CLOCK } from '../../sim/engine/event-kind.ts';
import { StateLog } from './state-log.ts';

/** A node's wall clock as it stood after it was set, stepped, frozen, or changed its rate. */
export interface ClockChange {
  readonly node: number;
  readonly event: number;
  readonly timeUs: number;
  /** How far ahead of true time; negative: behind. */
  readonly offsetUs: number;
  /** It no longer runs at the true rate: it drifts or stands still. */
  readonly offRate: boolean;
}

/** A run with everything kept that a picture or a text of it needs: every row of the trace, and the servers' states. */
export interface RecordedRun {
  readonly result: RunResult;
  /** Servers, then clients: the `node` of a row is an index of this list. */
  readonly names: readonly string[];
  readonly states: StateLog;
  readonly clocks: readonly ClockChange[];
}

/** Runs a scenario and keeps all of it. The hash is that of the same run without watching. */
export function recordRun(
  scenario: Scenario,
  options: Omit<RunOptions, 'trace' | 'freeze'>,
): RecordedRun {
  const states = new StateLog(scenario.servers.length);
  const clocks: ClockChange[] = [];
  const result = runScenario(scenario, {
    ...options,
    trace: 'full',
    prepare: (world) => {
      options.prepare?.(world);
      watch(world, states, clocks);
    },
  });
  return { result, names: [...scenario.servers, ...scenario.clients], states, clocks };
}

function watch(world: World, states: StateLog, clocks: ClockChange[]): void {
  const { simulation, scenario } = world;
  const { trace, hosts } = simulation;
  const { view } = scenario.protocol;
  const noteState = (node: number): void => {
    const { program, status } = hosts[node]!;
    const down = program === null || status === 'down';
    const role = down ? 'down' : view.role(program);
    states.note(node, trace.events, simulation.nowUs, role, down ? 'down' : view.describe(program));
  };
  const noteClock = (node: number): void => {
    const { clock } = hosts[node]!;
    const { events: event } = trace;
    const timeUs = simulation.nowUs;
    const offsetUs = clock.wallUs(timeUs) - timeUs;
    clocks.push({ node, event, timeUs, offsetUs, offRate: !clock.nominal });
  };
  for (const { id, clock } of hosts) if (clock.wallUs(0) !== 0 || !clock.nominal) noteClock(id);
  let seen = 0;
  const touched = new Set<number>();
  const observer = simulation.observer ?? {};
  const onEvent = observer.onEvent?.bind(observer);
  observer.onEvent = (event) => {
    for (; seen < trace.rows; seen += 1) {
      const { node, kind } = trace.row(seen);
      if (kind === CLOCK) noteClock(node);
      if (node >= 0 && node < world.servers.length) touched.add(node);
    }
    for (const node of touched) noteState(node);
    touched.clear();
    onEvent?.(event);
  };
  simulation.observer = observer;
}
