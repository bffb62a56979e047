import type { NodeId } from '../engine/env.ts';
import type { RandomStream } from '../engine/random.ts';
import type { Simulation } from '../engine/simulation.ts';
import type { Network } from '../network/network.ts';
import type { DiskArray } from '../storage/disk-array.ts';
import type { TargetSelector } from './fault.ts';

/** What faults act on. */
export interface FaultWorld {
  readonly simulation: Simulation;
  readonly network: Network;
  readonly disks: DiskArray;
  readonly servers: readonly NodeId[];
  readonly clients: readonly NodeId[];
  /** The role a running server claims, '' when it is not running. */
  roleOf(node: NodeId): string;
  /** Among servers that claim one role, the highest rank is meant. */
  rankOf(node: NodeId): number;
}

/** The nodes a selector means now. May be empty: there is no leader, say. */
export function resolveTarget(
  world: FaultWorld,
  selector: TargetSelector,
  stream: RandomStream,
): NodeId[] {
  const { servers } = world;
  const half = Math.floor(servers.length / 2);
  switch (selector.kind) {
    case 'nodes':
      return selector.names.map((name) => nodeNamed(world, name));
    case 'role': {
      const holders = servers.filter((node) => world.roleOf(node) === selector.role);
      const best = Math.max(...holders.map((node) => world.rankOf(node)));
      return holders.filter((node) => world.rankOf(node) === best).slice(0, 1);
    }
    case 'followers':
      return servers.filter((node) => !['', 'leader'].includes(world.roleOf(node)));
    case 'random':
      return drawn(servers, selector.count, stream);
    case 'random-clients':
      return drawn(world.clients, selector.count, stream);
    case 'minority':
      return drawn(servers, Math.max(1, Math.ceil(servers.length / 2) - 1), stream);
    case 'majority':
      return drawn(servers, half + 1, stream);
    case 'servers':
      return [...servers];
    case 'clients':
      return [...world.clients];
  }
}

export function nodeNamed(world: FaultWorld, name: string): NodeId {
  const host = world.simulation.hosts.find((candidate) => candidate.name === name);
  if (host === undefined)
    throw new RangeError(
      `no node is called '${name}': expected one of ${world.simulation.hosts.map((one) => one.name).join(', ')}`,
    );
  return host.id;
}

/** `count` of the nodes, drawn, in topology order. */
function drawn(nodes: readonly NodeId[], count: number, stream: RandomStream): NodeId[] {
  return stream
    .shuffle(nodes)
    .slice(0, count)
    .sort((a, b) => a - b);
}
