import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerContext } from '../protocol.ts';
import type { Broker } from './broker.ts';
import type { MessagingConfig } from './config.ts';
import { Instance } from './instance.ts';
import type { Consumer } from './consumer.ts';
import type { MessagingMonitor } from './monitor.ts';
import type { Outbox } from './outbox.ts';
import type { Producer } from './producer.ts';
import type { Puller, PullerHost } from './puller.ts';
import type { Relay, RelayHost } from './relay.ts';
import { RelayNode } from './relay-node.ts';
import { Replica } from './replica.ts';
import { rolesOf } from './roles.ts';
import type { FlowHost, TransactionFlow } from './transaction-flow.ts';
import { Worker } from './worker.ts';

export interface ServerClasses {
  readonly producer: typeof Producer;
  readonly flow: typeof TransactionFlow;
  readonly outbox: typeof Outbox;
  readonly relay: typeof Relay;
  readonly broker: typeof Broker;
  readonly consumer: typeof Consumer;
  readonly puller: typeof Puller;
}

/** The program of one server, by its place in the topology. */
export function createNode(
  { env, config, servers, monitor }: ServerContext<MessagingConfig, MessagingMonitor>,
  classes: ServerClasses,
): NodeProgram {
  const roles = rolesOf(config, servers);
  const { producers, instances, relays, broker, replica, consumers, workers } = roles;
  const outboxOf = (): Outbox => new classes.outbox(config.claimLeaseUs);
  const relayOf = (host: RelayHost): Relay => new classes.relay(host);
  const flowOf = (host: FlowHost): TransactionFlow => new classes.flow(host);
  const pullerOf = (host: PullerHost): Puller => new classes.puller(host, broker, replica);
  if (producers.includes(env.id))
    return new classes.producer(env, config, broker, { flowOf, outboxOf, relayOf }, monitor);
  if (relays.includes(env.id))
    return new RelayNode(env, config, producers[0]!, broker, relayOf, monitor);
  if (instances.includes(env.id))
    return new Instance(env, config, producers[0]!, broker, flowOf, monitor);
  if (env.id === broker) return new classes.broker(env, config, roles, monitor);
  if (env.id === replica) return new Replica(env, config, roles, monitor);
  if (workers.includes(env.id)) return new Worker(env, config, consumers[0]!, pullerOf, monitor);
  const pulls = env.id !== consumers[0] || workers.length === 0;
  return new classes.consumer(env, config, pulls ? pullerOf : null, monitor);
}
