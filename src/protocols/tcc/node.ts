import type { ServerContext } from '../protocol.ts';
import type { TccConfig } from './config.ts';
import { TccCoordinator } from './coordinator.ts';
import type { TccMonitor } from './monitor.ts';
import { Service } from './service.ts';

export interface ServerClasses {
  readonly coordinator: typeof TccCoordinator;
  readonly service: typeof Service;
}

/** The first server of the topology coordinates; the others are services with accounts. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<TccConfig, TccMonitor>,
  classes: ServerClasses,
): TccCoordinator | Service {
  return env.id === servers[0]
    ? new classes.coordinator(env, config, servers.slice(1), monitor)
    : new classes.service(env, config, monitor);
}
