import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerView } from '../protocol.ts';
import type { BrokerState } from './broker-state.ts';
import { Broker } from './broker.ts';
import { Consumer } from './consumer.ts';
import { Instance } from './instance.ts';
import { Producer } from './producer.ts';
import type { Puller } from './puller.ts';
import { RelayNode } from './relay-node.ts';
import { Replica } from './replica.ts';
import { Worker } from './worker.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program: NodeProgram) {
    if (program instanceof Producer) return 'producer';
    if (program instanceof Instance) return 'instance';
    if (program instanceof RelayNode) return 'relay';
    if (program instanceof Broker) return 'broker';
    if (program instanceof Replica) return 'replica';
    return program instanceof Worker ? 'worker' : 'consumer';
  },
  rank() {
    return 0;
  },
  describe(program: NodeProgram) {
    if (program instanceof Producer) return `producer with ${program.rows.size} keys`;
    if (program instanceof Instance) return 'instance of A';
    if (program instanceof RelayNode) return 'relay of the outbox';
    if (program instanceof Broker)
      return `broker with ${program.state.halves.size} half messages and ${lengths(program.state)} messages`;
    if (program instanceof Replica) return `replica with ${lengths(program.state)} messages`;
    if (program instanceof Worker) return `worker of ${queuesText(program.puller)}`;
    if (!(program instanceof Consumer)) throw new TypeError('not a server of this protocol');
    return `consumer with ${program.inbox.size} inbox rows`;
  },
};

function lengths({ queues }: BrokerState): string {
  return queues.map(({ length }) => length).join(' + ');
}

function queuesText({ positions }: Puller): string {
  if (positions.length === 0) return 'no queue';
  return `queue ${positions.map(({ queue, done }) => `${queue} from ${done}`).join(', ')}`;
}
