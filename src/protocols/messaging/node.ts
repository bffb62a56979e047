import type { ServerContext } from '../protocol.ts';
import { Broker } from './broker.ts';
import type { MessagingConfig } from './config.ts';
import { Consumer } from './consumer.ts';
import type { MessagingMonitor } from './monitor.ts';
import { Producer } from './producer.ts';
import { rolesOf } from './roles.ts';

export interface ServerClasses {
  readonly producer: typeof Producer;
  readonly broker: typeof Broker;
  readonly consumer: typeof Consumer;
}

/** The program of one server, by its place in the topology. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<MessagingConfig, MessagingMonitor>,
  classes: ServerClasses,
): Producer | Broker | Consumer {
  const { producers, broker, consumer } = rolesOf(config, servers);
  if (producers.includes(env.id)) return new classes.producer(env, config, broker, monitor);
  if (env.id === broker) return new classes.broker(env, config, producers[0]!, consumer, monitor);
  return new classes.consumer(env, config, broker, monitor);
}
