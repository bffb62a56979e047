import type { ServerContext } from '../protocol.ts';
import type { NotificationConfig } from './config.ts';
import type { NotificationMonitor } from './monitor.ts';
import { Notifier } from './notifier.ts';
import { Receiver } from './receiver.ts';
import { Source } from './source.ts';

export interface ServerClasses {
  readonly notifier: typeof Notifier;
  readonly receiver: typeof Receiver;
}

/** The three servers in topology order: A, the notifier, B. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<NotificationConfig, NotificationMonitor>,
  classes: ServerClasses,
): Source | Notifier | Receiver {
  const [source, notifier, receiver] = servers as [number, number, number];
  if (env.id === source) return new Source(env, config, notifier, monitor);
  if (env.id === notifier) return new classes.notifier(env, config, source, receiver, monitor);
  return new classes.receiver(env, config, source, monitor);
}
