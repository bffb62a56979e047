import type { ProtocolDefinition } from '../protocol.ts';
import { bankValueFor } from '../bank.ts';
import { bugs, classesFor } from './bugs.ts';
import { type CommitConfig, configKeys, parseConfig } from './config.ts';
import { figureNames } from './cost-meter.ts';
import { invariants } from './invariants.ts';
import { messageTypes } from './messages.ts';
import { CommitMonitor } from './monitor.ts';
import { createNode } from './node.ts';
import { lane } from './lane.ts';
import { view } from './view.ts';

/** Two-phase commit with presumptions over XA resource managers (Gray 1978; R*: Mohan, Lindsay & Obermarck 1986). */
export const commit: ProtocolDefinition<CommitConfig, CommitMonitor> = {
  name: 'commit',
  parseConfig,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new CommitMonitor(servers, config, nameOf, report, nowUs),
  unfinished: (monitor) => monitor.unfinished(),
  figures: (monitor) => monitor.figures(),
  figureNames,
  createServer: (context) => createNode(context, classesFor(context.bug)),
  createClient: (context) => new (classesFor(context.bug ?? null).client)(context),
  view,
  lane,
  invariants,
  bugs,
  model: null,
  operations: ['transfer', 'order', 'audit', 'read'],
  valueFor: bankValueFor,
  messageTypes,
  marks: ['voting', 'prepared', 'decided', 'alert'],
  configKeys,
};

/** What three-phase commit and Paxos Commit, the neighbours, stand on. */
export { CommitClient } from './client.ts';
export { configKeys, readCommitConfig, type CommitConfig } from './config.ts';
export { Coordinator } from './coordinator.ts';
export { figureNames } from './cost-meter.ts';
export type { Ghost } from './ghost.ts';
export { invariants } from './invariants.ts';
export { coordinatorLane, participantLane } from './lane.ts';
export { messageTypes } from './messages.ts';
export type { Decision, Inquiry, Prepare, Vote } from './messages.ts';
export { CommitMonitor } from './monitor.ts';
export type { CommitObserver } from './observer.ts';
export { Participant } from './participant.ts';
export type { AcceptorRecord, CoordinatorRecord, ParticipantRecord } from './records.ts';
export type { Branch } from './resource-manager.ts';
export { isDecided, outcomeOf, type Transaction } from './transaction.ts';
export type { Outcome } from './xa.ts';
