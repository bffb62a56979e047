import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerView } from '../protocol.ts';
import { Broker } from './broker.ts';
import { Consumer } from './consumer.ts';
import { Producer } from './producer.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program: NodeProgram) {
    if (program instanceof Producer) return 'producer';
    return program instanceof Broker ? 'broker' : 'consumer';
  },
  rank() {
    return 0;
  },
  describe(program: NodeProgram) {
    if (program instanceof Producer) return `producer with ${program.rows.size} keys`;
    if (program instanceof Broker)
      return `broker with ${program.halves.size} half messages and ${program.queue.size} messages`;
    if (!(program instanceof Consumer)) throw new TypeError('not a server of this protocol');
    return `consumer with ${program.inbox.size} inbox rows`;
  },
};
