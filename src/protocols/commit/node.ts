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

/** The first servers of the topology coordinate, by default one; the others manage accounts. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<CommitConfig, CommitMonitor>,
  classes: CommitClasses,
): Coordinator | Participant {
  const coordinators = servers.slice(0, config.coordinators);
  return coordinators.includes(env.id)
    ? new classes.coordinator(env, config, servers.slice(config.coordinators), monitor)
    : new classes.participant(env, config, coordinators, monitor);
}
