import type { NodeId } from '../../sim/engine/env.ts';
import type { MessagingConfig } from './config.ts';

/** Who is who among the servers, in topology order. */
export interface Roles {
  /** Services A, each with its own database. */
  readonly producers: readonly NodeId[];
  /** Processes of the only service A that share its database; none: the database's node runs the transactions. */
  readonly instances: readonly NodeId[];
  /** Processes that carry the outbox rows of A to the broker; none: A does it itself. */
  readonly relays: readonly NodeId[];
  readonly broker: NodeId;
  /** A copy of the broker's log. */
  readonly replica: NodeId | null;
  /** For each consumer group its service: the database, and the only process when there are no workers. The first is B. */
  readonly consumers: readonly NodeId[];
  /** Processes of service B that share its database. */
  readonly workers: readonly NodeId[];
}

type Counts = Pick<
  MessagingConfig,
  'producers' | 'instances' | 'relays' | 'replicas' | 'groups' | 'workers'
>;

/** How many servers these counts need: the broker is always there. */
export function serverCountOf(counts: Counts): number {
  const { producers, instances, relays, replicas, groups, workers } = counts;
  return producers + instances + relays + 1 + replicas + groups + workers;
}

/** `servers`: as many as {@link serverCountOf} says. */
export function rolesOf(counts: Counts, servers: readonly NodeId[]): Roles {
  const left = [...servers];
  return {
    producers: left.splice(0, counts.producers),
    instances: left.splice(0, counts.instances),
    relays: left.splice(0, counts.relays),
    broker: left.shift()!,
    replica: left.splice(0, counts.replicas)[0] ?? null,
    consumers: left.splice(0, counts.groups),
    workers: left.splice(0, counts.workers),
  };
}

/** The consumer group of a server: workers are of the first. */
export function groupOf({ consumers }: Roles, node: NodeId): number {
  return Math.max(0, consumers.indexOf(node));
}

/** The service A of a server: instances are of the only one. */
export function serviceOf({ producers }: Roles, node: NodeId): NodeId {
  return producers.includes(node) ? node : producers[0]!;
}
