import { AmbientAccessError } from '../sim/engine/guard.ts';
import { firstDivergence, type Divergence } from '../sim/engine/divergence.ts';
import type { NodeEnv, NodeProgram } from '../sim/engine/env.ts';
import { KIND_NAMES } from '../sim/engine/event-kind.ts';
import { Simulation } from '../sim/engine/simulation.ts';
import { Network } from '../sim/network/network.ts';

/** A world of three nodes that greet each other every 10 ms for a virtual second. */
function greetingWorld(seed: string, onTick: (env: NodeEnv) => readonly number[]): Simulation {
  const simulation = new Simulation({ seed, trace: 'events' });
  const program = (env: NodeEnv): NodeProgram => ({
    onStart: () => {
      env.setTimer('tick', 10_000);
    },
    onTimer: () => {
      for (const to of onTick(env)) if (to !== env.id) env.send(to, { type: 'Greeting' });
      env.setTimer('tick', 10_000);
    },
  });
  for (const name of ['n1', 'n2', 'n3']) simulation.start(simulation.addNode(name, program).id, 0);
  new Network(simulation, {
    profile: { latency: { kind: 'uniform', minUs: 1_000, maxUs: 9_000 } },
  });
  simulation.run({ untilUs: 1_000_000 });
  return simulation;
}

/** Plants a `Date.now` in a node: the error that must refuse it, or null when nothing did. */
export function plantAmbientClock(): AmbientAccessError | null {
  try {
    greetingWorld('clock', () => (Date.now() > 0 ? [0, 1, 2] : []));
    return null;
  } catch (error) {
    if (error instanceof AmbientAccessError) return error;
    throw error;
  }
}

/**
 * Plants an order that depends on what ran before in this process (a counter outside the world), and says where the two
 * runs part: null when that was not found.
 */
export function plantOrderLeak(): Divergence | null {
  let ticks = 0;
  const leaky = (): readonly number[] => {
    ticks += 1;
    return ticks > 150 + 250 ? [2, 1, 0] : [0, 1, 2];
  };
  const first = greetingWorld('order', leaky);
  const second = greetingWorld('order', leaky);
  return firstDivergence(first.trace, second.trace);
}

/** `event 381: n2 send to n1, but n2 send to n3`. */
export function describeDivergence(
  { event, left, right }: Divergence,
  names: readonly string[],
): string {
  const side = (row: Divergence['left']): string =>
    row === null
      ? 'the run had ended'
      : `${names[row.node] ?? 'world'} ${KIND_NAMES[row.kind] ?? String(row.kind)}` +
        `${row.peer >= 0 ? ` (peer ${names[row.peer] ?? '?'})` : ''} at ${(row.timeUs / 1_000_000).toFixed(6)} s`;
  return `first divergent event ${event}: ${side(left)}; the other run: ${side(right)}`;
}
