import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerView } from '../protocol.ts';
import { Oracle } from './oracle.ts';
import { Store } from './store.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program: NodeProgram) {
    return program instanceof Oracle ? 'oracle' : 'store';
  },
  rank() {
    return 0;
  },
  describe(program: NodeProgram) {
    if (program instanceof Oracle) return `oracle at ${program.last}`;
    if (!(program instanceof Store)) throw new TypeError('not a server of this protocol');
    const locks = [...program.rows.byName.values()].filter(({ lock }) => lock !== null).length;
    return `store with ${program.rows.byName.size} rows, ${locks} locked`;
  },
};
