import type { LaneReader, LaneValue } from '../lane.ts';
import type { BrokerState } from './broker-state.ts';
import { Broker } from './broker.ts';
import { Consumer } from './consumer.ts';
import { Instance } from './instance.ts';
import { Producer } from './producer.ts';
import { RelayNode } from './relay-node.ts';
import { Replica } from './replica.ts';
import { Worker } from './worker.ts';

/** The producer's rows, the broker's half and whole messages, the consumer's inbox. */
export const lane = (): LaneReader => (program) => {
  if (program instanceof Producer)
    return {
      tone: 'rest',
      role: 'producer',
      label: `${program.rows.size} rows`,
      fields: {
        rows: Object.fromEntries([...program.rows].map(([key, { state }]) => [key, state])),
        drift: Object.fromEntries(program.drift),
      },
    };
  if (program instanceof Broker) {
    const { halves, queues, groups } = program.state;
    const behind = groups.some(({ offsets }) =>
      queues.some(({ length }, queue) => offsets[queue]! < length),
    );
    return {
      tone: halves.size > 0 ? 'bound' : behind ? 'lead' : 'rest',
      role: halves.size > 0 ? 'with half messages' : behind ? 'delivering' : 'broker',
      label: [...halves.values()].map(({ content }) => content.key).join(' '),
      fields: { halves: [...halves.keys()], ...queueFields(program.state) },
    };
  }
  if (program instanceof Instance) return { tone: 'rest', role: 'instance', label: '', fields: {} };
  if (program instanceof RelayNode) return { tone: 'rest', role: 'relay', label: '', fields: {} };
  if (program instanceof Replica)
    return { tone: 'rest', role: 'replica', label: '', fields: queueFields(program.state) };
  if (program instanceof Worker)
    return {
      tone: program.puller.positions.length > 0 ? 'lead' : 'rest',
      role: 'worker',
      label: program.puller.positions.map(({ queue, done }) => `q${queue}:${done}`).join(' '),
      fields: { positions: program.puller.positions.map((position) => ({ ...position })) },
    };
  if (!(program instanceof Consumer)) return null;
  return {
    tone: 'rest',
    role: 'consumer',
    label: `${program.inbox.size} rows`,
    fields: { inbox: Object.fromEntries(program.inbox) },
  };
};

function queueFields({
  queues,
  groups,
  retryQueueNumber,
}: BrokerState): Readonly<Record<string, LaneValue>> {
  return {
    lengths: queues.map(({ length }) => length),
    groups: groups.map(({ offsets, retryQueue, waiting, dead }) => ({
      offsets: offsets.slice(0, retryQueueNumber),
      retries: retryQueue.length,
      waiting: [...waiting.keys()],
      dead: [...dead],
    })),
  };
}
