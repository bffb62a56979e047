import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerContext } from '../protocol.ts';
import { ClaimingNotifier } from './claiming-notifier.ts';
import type { NotificationConfig } from './config.ts';
import { Database } from './database.ts';
import type { NotificationMonitor } from './monitor.ts';
import { Notifier } from './notifier.ts';
import { rolesOf } from './roles.ts';
import { Receiver } from './receiver.ts';
import { Source } from './source.ts';

export interface ServerClasses {
  readonly notifier: typeof Notifier;
  readonly claimingNotifier: typeof ClaimingNotifier;
  readonly database: typeof Database;
  readonly receiver: typeof Receiver;
}

export const CORRECT: ServerClasses = {
  notifier: Notifier,
  claimingNotifier: ClaimingNotifier,
  database: Database,
  receiver: Receiver,
};

/** The server at its place in the topology. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<NotificationConfig, NotificationMonitor>,
  classes: ServerClasses,
): NodeProgram {
  const roles = rolesOf(config, servers);
  const { source, database, notifiers } = roles;
  if (env.id === source) return new Source(env, config, roles, monitor);
  if (env.id === database) return new classes.database(env, config, monitor);
  if (!notifiers.includes(env.id)) return new classes.receiver(env, config, source, monitor);
  return database === null
    ? new classes.notifier(env, config, roles, monitor)
    : new classes.claimingNotifier(env, config, roles, database, monitor);
}
