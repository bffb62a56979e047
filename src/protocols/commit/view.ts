import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerView } from '../protocol.ts';
import { Coordinator } from './coordinator.ts';
import { Participant } from './participant.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program: NodeProgram) {
    return program instanceof Coordinator ? 'coordinator' : 'participant';
  },
  rank() {
    return 0;
  },
  describe(program: NodeProgram) {
    if (program instanceof Coordinator)
      return `coordinator of ${program.transactions.size} open transactions`;
    if (!(program instanceof Participant)) throw new TypeError('not a server of this protocol');
    const states = [...program.manager.branches.values()].map(
      ({ gid, state }) => `${gid} ${state}`,
    );
    return `participant with ${states.length === 0 ? 'no branch' : states.join(', ')}`;
  },
};
