import type { NodeProgram } from '../../sim/engine/env.ts';
import type { CommitRule } from '../protocol.ts';
import type { RaftConfig } from './config.ts';
import { electionBoundUs } from './election-bound.ts';
import { raftOf } from './view.ts';

/** Round trips, each with a sync and a heartbeat to notice a loss, in which a new leader brings a quorum up to date. */
const ROUNDS = 20;

/**
 * "As long as any majority of the servers is operational and can communicate" (Raft §2), whatever becomes of the others:
 * it has a leader, and what that leader has in its log, its own first entry at least, is committed.
 */
export const quorumCommits: CommitRule<RaftConfig> = {
  boundUs: (config, messageUs, syncUs) =>
    electionBoundUs(config) + ROUNDS * (2 * messageUs + syncUs + config.heartbeatUs),

  excuse: (config, messageUs, syncUs) => {
    // A candidate syncs its vote, asks, and the voter syncs before it answers.
    const electionUs = 2 * (messageUs + syncUs);
    if (electionUs >= config.electionTimeoutMinUs)
      return `an election may take ${electionUs / 1_000} ms on this network and these disks, and the election timeout may be over by then`;
    if (config.backtracking === 'slow')
      return 'with backtracking: slow a leader goes back one entry a round trip, for as long as the logs differ';
    if (config.transferEveryUs > 0)
      return 'the operator (transferEvery) may hand the office to a server that is cut off, again and again';
    return null;
  },

  takesPart: (program) => !raftOf(program).inert,

  progress: (programs: readonly NodeProgram[]) => {
    const servers = programs.map(raftOf);
    const leads = servers.filter(({ role }) => role === 'leader');
    const leader = leads.reduce<(typeof leads)[number] | null>(
      (best, one) => (best === null || one.currentTerm > best.currentTerm ? one : best),
      null,
    );
    return {
      reached: Math.max(0, ...servers.map(({ commitIndex }) => commitIndex)),
      open: leader === null || leader.commitIndex < leader.log.lastIndex,
    };
  },
};
