import type { ServerContext } from '../protocol.ts';
import type { AtCoordinator } from './at-coordinator.ts';
import type { SagaConfig } from './config.ts';
import type { SagaCoordinator } from './coordinator.ts';
import type { SagaMonitor } from './monitor.ts';
import type { SagaService } from './service.ts';

export interface ServerClasses {
  readonly coordinator: typeof SagaCoordinator;
  /** With `undo: image`. */
  readonly atCoordinator: typeof AtCoordinator;
  readonly service: typeof SagaService;
}

/** The first server of the topology coordinates; the others are services with accounts. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<SagaConfig, SagaMonitor>,
  classes: ServerClasses,
): SagaCoordinator | SagaService {
  if (env.id !== servers[0]) return new classes.service(env, config, monitor);
  const coordinator = config.undo === 'image' ? classes.atCoordinator : classes.coordinator;
  return new coordinator(env, config, servers.slice(1), monitor);
}
