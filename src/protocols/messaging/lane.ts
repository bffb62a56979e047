import type { LaneReader } from '../lane.ts';
import { Broker } from './broker.ts';
import { Consumer } from './consumer.ts';
import { Producer } from './producer.ts';

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
    const { halves, queue } = program;
    return {
      tone: halves.size > 0 ? 'bound' : queue.size > 0 ? 'lead' : 'rest',
      role: halves.size > 0 ? 'with half messages' : queue.size > 0 ? 'delivering' : 'broker',
      label: [...halves.keys(), ...queue.keys()].join(' '),
      fields: {
        halves: [...halves.keys()],
        queue: Object.fromEntries([...queue].map(([key, { attempts }]) => [key, attempts])),
      },
    };
  }
  if (!(program instanceof Consumer)) return null;
  return {
    tone: 'rest',
    role: 'consumer',
    label: `${program.inbox.size} rows`,
    fields: { inbox: Object.fromEntries(program.inbox) },
  };
};
