import type { NodeId } from '../../sim/engine/env.ts';
import type { ServerContext } from '../protocol.ts';
import type { CommitClient } from './client.ts';
import type { CommitConfig } from './config.ts';
import { Coordinator } from './coordinator.ts';
import type { CommitMonitor } from './monitor.ts';
import { Participant } from './participant.ts';

export interface CommitClasses {
  readonly coordinator: typeof Coordinator;
  readonly participant: typeof Participant;
  readonly client: typeof CommitClient;
}

/** The first server of the topology coordinates; the others manage accounts. */
export function isCoordinator(id: NodeId, servers: readonly NodeId[]): boolean {
  return id === servers[0];
}

export function createNode(
  { env, config, servers, monitor }: ServerContext<CommitConfig, CommitMonitor>,
  classes: CommitClasses,
): Coordinator | Participant {
  return isCoordinator(env.id, servers)
    ? new classes.coordinator(env, config, servers.slice(1), monitor)
    : new classes.participant(env, config, servers[0]!, monitor);
}
