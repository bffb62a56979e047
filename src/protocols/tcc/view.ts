import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerView } from '../protocol.ts';
import { TccCoordinator } from './coordinator.ts';
import { Service } from './service.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program: NodeProgram) {
    return program instanceof TccCoordinator ? 'coordinator' : 'service';
  },
  rank() {
    return 0;
  },
  describe(program: NodeProgram) {
    if (program instanceof TccCoordinator)
      return `coordinator of ${program.globals.size} open transactions`;
    if (!(program instanceof Service)) throw new TypeError('not a server of this protocol');
    return `service with ${program.book.frozen.size} reservations`;
  },
};
