import type { NodeProgram } from '../../sim/engine/env.ts';
import type { Raft } from './core/raft.ts';
import { raftOf } from './view.ts';

/**
 * Situations in which a correct cluster may be, and from which a wrong one is a step away: two leaders that both hear a
 * quorum, the shape of Raft's Figure 8, a lease that a newer leader overlaps, memberships in force at once.
 */
export function nearMisses(programs: readonly NodeProgram[]): readonly string[] {
  const servers = programs.map(raftOf);
  const leaders = servers.filter(({ role }) => role === 'leader');
  const near: string[] = [];
  if (leaders.length > 1) near.push(...ofTwoLeaders(leaders));
  for (const server of servers) {
    if (server.role === 'leader') near.push(...ofLeader(server));
    if (isBehind(server, servers)) near.push(`a ${server.role} behind what is committed`);
  }
  const memberships = new Set(servers.map(({ membership }) => JSON.stringify(membership)));
  if (memberships.size > 1) near.push(`${memberships.size} memberships in force`);
  if (divergentTails(servers)) near.push('uncommitted tails that differ');
  return near;
}

function ofTwoLeaders(leaders: readonly Raft[]): string[] {
  const active = leaders.filter((leader) =>
    leader.isQuorum((id) => id === leader.id || leader.progress[id]?.active === true),
  );
  const near = ['two leaders'];
  if (active.length > 1) near.push('two leaders that both hear a quorum');
  if (leaders.some(({ config }) => config.reads === 'lease'))
    near.push('a lease and a newer leader');
  return near;
}

function ofLeader(leader: Raft): string[] {
  const near: string[] = [];
  const replicated = leader.quorumValue(({ matchIndex }) => matchIndex);
  const term = leader.log.termAt(replicated);
  if (replicated > leader.commitIndex && term !== undefined && term < leader.currentTerm)
    near.push('an entry of an earlier term on a quorum, not committed');
  const modes = leader.peers.map((peer) => leader.progress[peer]?.mode);
  if (modes.includes('snapshot')) near.push('a snapshot under way');
  if (leader.transferTarget !== null) near.push('a transfer under way');
  if (leader.log.lastTerm < leader.currentTerm) near.push('a leader without an entry of its term');
  return near;
}

/** A server that may come to lead although it lacks what another has committed. */
function isBehind(server: Raft, servers: readonly Raft[]): boolean {
  return (
    (server.role === 'candidate' || server.role === 'leader') &&
    servers.some(({ commitIndex }) => commitIndex > server.log.lastIndex)
  );
}

/** Two logs that hold different terms at the same uncommitted index. */
function divergentTails(servers: readonly Raft[]): boolean {
  return servers.some((one) =>
    servers.some((other) => {
      const last = Math.min(one.log.lastIndex, other.log.lastIndex);
      return last > 0 && one.log.termAt(last) !== other.log.termAt(last);
    }),
  );
}
