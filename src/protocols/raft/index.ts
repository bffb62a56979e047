import type { ProtocolDefinition } from '../protocol.ts';
import { bugs, clientFor, coreFor } from './bugs.ts';
import { campaign } from './campaign.ts';
import type { RaftConfig } from './config.ts';
import { RaftMonitor } from './ghost/monitor.ts';
import { invariants } from './invariants.ts';
import { messageTypes } from './messages.ts';
import { RaftNode, initialMembership } from './node.ts';
import { configKeys, parseConfig } from './parse-config.ts';
import { view } from './view.ts';

/** Raft (Ongaro & Ousterhout 2014; Ongaro's dissertation 2014) with a replicated key-value store on top. */
export const raft: ProtocolDefinition<RaftConfig, RaftMonitor> = {
  name: 'raft',
  parseConfig,
  createMonitor: (servers, config, nameOf, report) =>
    new RaftMonitor(servers, config, initialMembership(servers, config), nameOf, report),
  createServer: ({ env, config, servers, monitor, bug }) =>
    new RaftNode(env, config, servers, monitor, coreFor(bug)),
  createClient: (context) => new (clientFor(context.bug ?? null))(context),
  view,
  invariants,
  bugs,
  model: 'kv',
  operations: ['read', 'write', 'cas', 'append', 'delete'],
  messageTypes,
  marks: ['leader', 'candidate', 'preCandidate', 'follower'],
  configKeys,
  campaign,
};

/** The replication core, for services that replicate something else than keys and values. */
export { ServiceMachine, ServiceReplica } from './service-replica.ts';
export type { Logged, ReplicaListener, Service } from './service-replica.ts';
export type { Entry } from './entry.ts';
export type { RaftConfig } from './config.ts';
export type { RaftMessage } from './messages.ts';
export type { RaftObserver } from './observer.ts';
export { RaftMonitor, initialMembership };
