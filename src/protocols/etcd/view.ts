import type { NodeProgram } from '../../sim/engine/env.ts';
import { describeResource, ResourceNode } from '../locks/index.ts';
import type { ServerView } from '../protocol.ts';
import { EtcdServer } from './server.ts';

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program) {
    return program instanceof ResourceNode ? 'resource' : serverOf(program).replica.role;
  },
  rank(program) {
    return program instanceof ResourceNode ? -1 : serverOf(program).replica.currentTerm;
  },
  describe(program) {
    if (program instanceof ResourceNode) return describeResource(program);
    const { role, currentTerm, state } = serverOf(program).replica;
    const lapsed = state.lapsedLeases().size;
    const delayed = lapsed > 0 ? `, ${lapsed} in lock-delay` : '';
    return `${role} t${currentTerm} revision ${state.revision}, ${state.leases.size} leases${delayed}`;
  },
};

function serverOf(program: NodeProgram): EtcdServer {
  if (program instanceof EtcdServer) return program;
  throw new TypeError('not a server of etcd');
}
