import { RandomStream } from '../sim/engine/random.ts';
import type { NodeId } from '../sim/engine/env.ts';
import type { Fault, FaultAction } from '../sim/faults/fault.ts';
import { LEFT_STATES, type LeftState, type Scenario } from './scenario.ts';

/** Who is healed when the fault phase ends, and what becomes of the others for good. */
export interface QuorumCore {
  /** Servers, by name. */
  readonly core: readonly string[];
  /** Servers outside the core that get worse than they were; the rest of them stay as they are, faults and all. */
  readonly left: Readonly<Partial<Record<string, LeftState>>>;
}

/**
 * The core of a run: as the scenario names it, or drawn from the seed as VOPR does (TigerBeetle, "Simulation testing for
 * liveness", 2023). Drawn outside the run's own streams, so that a scenario which names what a seed drew has the same
 * hash. Null: everything is healed.
 */
export function quorumCoreOf(scenario: Scenario, seed: string): QuorumCore | null {
  const { heal, servers, protocol, config } = scenario;
  if (heal.kind === 'all') return null;
  if (heal.kind === 'core') return { core: heal.core, left: heal.left };
  const stream = new RandomStream(seed, 'scenario/liveness/core');
  const ids = servers.map((_, index) => index);
  const order = stream.shuffle(ids);
  let size = 1;
  while (size < order.length && !protocol.core!.suffices(config, ids, order.slice(0, size)))
    size += 1;
  // Now and then more than is needed, but never everybody when fewer do.
  if (size < order.length - 1) size = stream.between(size, order.length - 1);
  const core = new Set(order.slice(0, size));
  const left: Partial<Record<string, LeftState>> = {};
  for (const id of ids) {
    const state = stream.pick([...LEFT_STATES, null]);
    if (!core.has(id) && state !== null) left[servers[id]!] = state;
  }
  return { core: ids.filter((id) => core.has(id)).map((id) => servers[id]!), left };
}

/** The faults that begin when the others end: each leaves one server outside the core broken for good. */
export function lastingFaults({ left }: QuorumCore, nowUs: number): Fault[] {
  return Object.entries(left).map(([name, state]) => ({
    id: `left-${name}`,
    start: { atUs: nowUs },
    end: null,
    action: actionOf(state!, name),
  }));
}

function actionOf(state: LeftState, name: string): FaultAction {
  const target = { kind: 'nodes', names: [name] } as const;
  switch (state) {
    case 'cut':
      return { kind: 'isolate', target };
    case 'down':
      return { kind: 'kill', target };
    case 'paused':
      return { kind: 'pause', target };
  }
}

/** The nodes among which faults end: the core, and every client. */
export function healedNodes(
  { core }: QuorumCore,
  scenario: Scenario,
  servers: readonly NodeId[],
  clients: readonly NodeId[],
): ReadonlySet<NodeId> {
  return new Set([...servers.filter((id) => core.includes(scenario.servers[id]!)), ...clients]);
}

const WORDS: Readonly<Record<LeftState, string>> = {
  cut: 'cut off',
  down: 'down',
  paused: 'paused',
};

/** `n1, n3 and n4 (n2 is left cut off, n5 as it was)`. */
export function quorumCoreText({ core, left }: QuorumCore, servers: readonly string[]): string {
  const outside = servers
    .filter((name) => !core.includes(name))
    .map((name) => `${name} ${left[name] === undefined ? 'as it was' : WORDS[left[name]]}`);
  const healed =
    core.length === 1 ? core[0]! : `${core.slice(0, -1).join(', ')} and ${core.at(-1)!}`;
  return outside.length === 0 ? healed : `${healed} (left for good: ${outside.join(', ')})`;
}
