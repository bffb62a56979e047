import type { ServerContext } from '../protocol.ts';
import { Broker } from './broker.ts';
import type { MessagingConfig } from './config.ts';
import { Consumer } from './consumer.ts';
import type { MessagingMonitor } from './monitor.ts';
import { Producer } from './producer.ts';

export interface ServerClasses {
  readonly producer: typeof Producer;
  readonly broker: typeof Broker;
  readonly consumer: typeof Consumer;
}

/** The three servers in topology order: the producer A, the broker, the consumer B. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<MessagingConfig, MessagingMonitor>,
  classes: ServerClasses,
): Producer | Broker | Consumer {
  const [producer, broker, consumer] = servers as [number, number, number];
  if (env.id === producer) return new classes.producer(env, config, broker, monitor);
  if (env.id === broker) return new classes.broker(env, config, producer, consumer, monitor);
  return new classes.consumer(env, config, broker, monitor);
}
