import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerView } from '../protocol.ts';
import { SagaCoordinator } from './coordinator.ts';
import { SagaService } from './service.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program: NodeProgram) {
    return program instanceof SagaCoordinator ? 'coordinator' : 'service';
  },
  rank() {
    return 0;
  },
  describe(program: NodeProgram) {
    if (program instanceof SagaCoordinator)
      return `coordinator of ${program.sagas.size} open sagas`;
    if (!(program instanceof SagaService)) throw new TypeError('not a server of this protocol');
    return `service with ${program.book.fence.size} steps in its fence`;
  },
};
