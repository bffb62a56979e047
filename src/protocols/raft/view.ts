import type { NodeProgram } from '../../sim/engine/env.ts';
import type { ServerView } from '../protocol.ts';
import { isVoter, isMember } from './membership.ts';
import { RaftNode } from './node.ts';

export function raftOf(program: NodeProgram): RaftNode['raft'] {
  if (program instanceof RaftNode) return program.raft;
  throw new TypeError('not a Raft server');
}

/** What selectors, triggers and the story may ask of a running server. */
export const view: ServerView = {
  role(program) {
    const raft = raftOf(program);
    if (raft.inert) return 'inert';
    if (raft.role === 'leader' || isVoter(raft.membership, raft.id)) return raft.role;
    return isMember(raft.membership, raft.id) ? 'learner' : 'removed';
  },
  rank(program) {
    return raftOf(program).currentTerm;
  },
  describe(program) {
    const { log, currentTerm, commitIndex } = raftOf(program);
    const entries =
      log.size === 0
        ? `log ends at ${log.lastIndex}`
        : `log ${log.compactedIndex + 1}..${log.lastIndex}`;
    return `${view.role(program)} t${currentTerm} ${entries} commit ${commitIndex}`;
  },
};
