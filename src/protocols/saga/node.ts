import type { ServerContext } from '../protocol.ts';
import type { SagaConfig } from './config.ts';
import { SagaCoordinator } from './coordinator.ts';
import type { SagaMonitor } from './monitor.ts';
import { SagaService } from './service.ts';

export interface ServerClasses {
  readonly coordinator: typeof SagaCoordinator;
  readonly service: typeof SagaService;
}

/** The first server of the topology coordinates; the others are services with accounts. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<SagaConfig, SagaMonitor>,
  classes: ServerClasses,
): SagaCoordinator | SagaService {
  return env.id === servers[0]
    ? new classes.coordinator(env, config, servers.slice(1), monitor)
    : new classes.service(env, config, monitor);
}
