import type { ProtocolDefinition } from '../protocol.ts';
import { bugConflict, bugs, classesFor } from './bugs.ts';
import { campaign } from './campaign.ts';
import type { RaftConfig } from './config.ts';
import { RaftMonitor } from './ghost/monitor.ts';
import { invariants } from './invariants.ts';
import { messageTypes } from './messages.ts';
import { RaftNode, initialMembership } from './node.ts';
import { configKeys, parseConfig } from './parse-config.ts';
import { lane } from './lane.ts';
import { quorumCommits } from './quorum-commits.ts';
import { raftOf, view } from './view.ts';

/** Raft (Ongaro & Ousterhout 2014; Ongaro's dissertation 2014) with a replicated key-value store on top. */
export const raft: ProtocolDefinition<RaftConfig, RaftMonitor> = {
  name: 'raft',
  parseConfig,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new RaftMonitor(servers, config, initialMembership(servers, config), nameOf, report, nowUs),
  unfinished: (monitor) => monitor.unfinished(),
  onPhase: (monitor, phase) => {
    monitor.phase(phase);
  },
  onNodeChange: (monitor, node, change) => {
    if (change === 'crash') monitor.crashed(node);
  },
  witness: (monitor) => monitor.witness.verdict(),
  createServer: ({ env, config, servers, monitor, bug }) =>
    new RaftNode(env, config, servers, monitor, classesFor(bug).core),
  createClient: (context) => new (classesFor(context.bug ?? null).client)(context),
  view,
  lane,
  invariants,
  bugs,
  bugConflict,
  model: 'kv',
  operations: ['read', 'write', 'cas', 'append', 'delete'],
  messageTypes,
  marks: ['leader', 'candidate', 'preCandidate', 'follower'],
  configKeys,
  campaign,
  core: {
    suffices: ({ voters }, servers, core) =>
      servers.slice(0, voters).filter((id) => core.includes(id)).length > voters >> 1,
    excuse: ({ reconfigureEveryUs, stickyLeader, preVote, checkQuorum }) => {
      if (reconfigureEveryUs > 0)
        return 'the operator (reconfigureEvery) may move the quorum to servers outside the core';
      // Such a leader is never deposed: nobody tells it that its quorum is gone (dissertation §6.2).
      if ((stickyLeader || preVote) && !checkQuorum)
        return 'a leader outside the core that is heard inside keeps servers there from voting (stickyLeader or preVote without checkQuorum)';
      return null;
    },
    commits: quorumCommits,
  },
  states: {
    server: raftOf,
    monitor: (monitor) => monitor,
    ignored: ['port', 'config', 'observer', 'writes', 'durableWrites'],
  },
};

/** The replication core, for services that replicate something else than keys and values. */
export { remembered, replicaLane } from './lane.ts';
export { ServiceMachine, ServiceReplica } from './service-replica.ts';
export type { Logged, ReplicaListener, Service } from './service-replica.ts';
export type { Entry } from './entry.ts';
export type { RaftConfig } from './config.ts';
export type { RaftMessage } from './messages.ts';
export type { RaftObserver } from './observer.ts';
export { RaftMonitor, initialMembership };
