import type { NodeId } from '../../sim/engine/env.ts';
import type { MessagingConfig } from './config.ts';

/** Who is who among the servers, in topology order. */
export interface Roles {
  /** Services A, each with its own database. */
  readonly producers: readonly NodeId[];
  /** Processes that carry the outbox rows of A to the broker; none: A does it itself. */
  readonly relays: readonly NodeId[];
  readonly broker: NodeId;
  /** Copies of the broker. */
  readonly replicas: readonly NodeId[];
  /** Service B: its database, and its only process when there are no workers. */
  readonly consumer: NodeId;
  /** Processes of service B that share its database. */
  readonly workers: readonly NodeId[];
}

type Counts = Pick<MessagingConfig, 'producers' | 'relays' | 'replicas' | 'workers'>;

/** How many servers these counts need: the broker and B's database are always there. */
export function serverCountOf({ producers, relays, replicas, workers }: Counts): number {
  return producers + relays + 1 + replicas + 1 + workers;
}

/** `servers`: as many as {@link serverCountOf} says. */
export function rolesOf(counts: Counts, servers: readonly NodeId[]): Roles {
  const left = [...servers];
  return {
    producers: left.splice(0, counts.producers),
    relays: left.splice(0, counts.relays),
    broker: left.shift()!,
    replicas: left.splice(0, counts.replicas),
    consumer: left.shift()!,
    workers: left.splice(0, counts.workers),
  };
}
