import type { NodeProgram } from '../../sim/engine/env.ts';
import { Participant } from '../commit/index.ts';
import type { ServerView } from '../protocol.ts';
import { Member } from './member.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program: NodeProgram) {
    if (!(program instanceof Member)) return 'participant';
    return program.isFirst ? 'leader' : 'acceptor';
  },
  rank() {
    return 0;
  },
  describe(program: NodeProgram) {
    if (program instanceof Member)
      return `member of the commit group, ${program.transactions.size} open transactions`;
    if (!(program instanceof Participant)) throw new TypeError('not a server of this protocol');
    const states = [...program.manager.branches.values()].map(
      ({ gid, state }) => `${gid} ${state}`,
    );
    return `participant with ${states.length === 0 ? 'no branch' : states.join(', ')}`;
  },
};
