import type { ServerContext } from '../protocol.ts';
import type { ThreePhaseConfig } from './config.ts';
import { ThreePhaseCoordinator } from './coordinator.ts';
import type { ThreePhaseMonitor } from './monitor.ts';
import { ThreePhaseParticipant } from './participant.ts';

export interface ServerClasses {
  readonly coordinator: typeof ThreePhaseCoordinator;
  readonly participant: typeof ThreePhaseParticipant;
}

/** The first server of the topology coordinates; the others manage accounts. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<ThreePhaseConfig, ThreePhaseMonitor>,
  classes: ServerClasses,
): ThreePhaseCoordinator | ThreePhaseParticipant {
  return env.id === servers[0]
    ? new classes.coordinator(env, config, servers.slice(1), monitor)
    : new classes.participant(env, config, servers[0]!, monitor);
}
