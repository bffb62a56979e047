import type { NodeFactory, NodeEnv, NodeProgram } from '../../../src/sim/engine/env.ts';
import type { NodeHost } from '../../../src/sim/engine/node-host.ts';
import { Simulation, type SimulationOptions } from '../../../src/sim/engine/simulation.ts';
import type { TraceRow } from '../../../src/sim/engine/trace.ts';
import type { LinkProfile } from '../../../src/sim/network/link.ts';
import { Network, type NetworkOptions } from '../../../src/sim/network/network.ts';
import { DiskArray, type DiskOptions } from '../../../src/sim/storage/disk-array.ts';

export interface WorldOptions extends Partial<SimulationOptions> {
  readonly nodes: Readonly<Record<string, NodeFactory>>;
  /** Every link's profile; default: each message takes exactly 1,000 µs. */
  readonly profile?: LinkProfile;
  readonly links?: NetworkOptions['links'];
  readonly freezeMessages?: boolean;
  readonly disk?: DiskOptions;
}

export interface BuiltWorld {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly disks: DiskArray;
  readonly hosts: readonly NodeHost[];
}

/** A small world whose nodes all boot at time 0. */
export function buildWorld(options: WorldOptions): BuiltWorld {
  const { nodes, profile, links, freezeMessages, disk, ...engine } = options;
  const simulation = new Simulation({ seed: 'test', trace: 'full', ...engine });
  for (const [name, factory] of Object.entries(nodes)) simulation.addNode(name, factory);
  const network = new Network(simulation, {
    profile: profile ?? { latency: { kind: 'constant', us: 1_000 } },
    ...(links === undefined ? {} : { links }),
    ...(freezeMessages === undefined ? {} : { freezeMessages }),
  });
  const disks = new DiskArray(simulation, disk ?? { syncLatency: { kind: 'constant', us: 100 } });
  for (const host of simulation.hosts) simulation.start(host.id, 0);
  return { simulation, network, disks, hosts: simulation.hosts };
}

/** A node that does nothing of its own accord. */
export const idle: NodeFactory = () => ({});

/** A node that runs `onStart` at each boot. */
export function starting(onStart: (env: NodeEnv) => void): NodeFactory {
  return (env) => ({
    onStart: () => {
      onStart(env);
    },
  });
}

/** A node that hands its env out at each boot, so that a test can act as the node. */
export function handingOut(give: (env: NodeEnv) => void, program: NodeProgram = {}): NodeFactory {
  return (env) => {
    give(env);
    return program;
  };
}

export interface Noted extends Readonly<Record<string, unknown>> {
  readonly type: string;
}

/** A node that notes `<time> <type>` of every message it gets. */
export function noting(log: string[], simulation: () => Simulation): NodeFactory {
  return () => ({
    onMessage: (_from, message) => {
      log.push(`${simulation().nowUs} ${message.type}`);
    },
  });
}

export function rowsOf(simulation: Simulation): TraceRow[] {
  return Array.from({ length: simulation.trace.keptRows() }, (_, index) =>
    simulation.trace.row(index),
  );
}

/** How many rows of a kind were recorded. */
export function countRows(simulation: Simulation, kind: number): number {
  return rowsOf(simulation).filter((row) => row.kind === kind).length;
}
