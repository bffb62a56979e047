import type { NodeProgram } from '../../sim/engine/env.ts';
import { describeResource, ResourceNode } from '../locks/index.ts';
import type { ServerView } from '../protocol.ts';
import { ZookeeperServer } from './server.ts';

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
    const { replica } = serverOf(program);
    const { role, currentTerm, lastApplied, tree } = replica;
    return `${role} e${currentTerm} applied ${lastApplied}, ${tree.sessions.size} sessions`;
  },
};

function serverOf(program: NodeProgram): ZookeeperServer {
  if (program instanceof ZookeeperServer) return program;
  throw new TypeError('not a server of zookeeper');
}
