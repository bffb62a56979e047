import { bankValueFor } from '../bank.ts';
import { figureNames } from '../commit/index.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { bugs, classesFor } from './bugs.ts';
import { PaxosClient } from './client.ts';
import { configKeys, parseConfig, type PaxosConfig } from './config.ts';
import { invariants } from './invariants.ts';
import { lane } from './lane.ts';
import { messageTypes } from './messages.ts';
import { PaxosMonitor } from './monitor.ts';
import { createNode } from './node.ts';
import { view } from './view.ts';

/** Paxos Commit: two-phase commit whose decisions F+1 of 2F+1 acceptors remember (Gray & Lamport 2006). */
export const paxosCommit: ProtocolDefinition<PaxosConfig, PaxosMonitor> = {
  name: 'paxos-commit',
  parseConfig,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new PaxosMonitor(servers, config, nameOf, report, nowUs),
  unfinished: (monitor) => monitor.unfinished(),
  figures: (monitor) => monitor.figures(),
  figureNames,
  createServer: (context) => createNode(context, classesFor(context.bug)),
  createClient: (context) => new PaxosClient(context),
  view,
  lane,
  invariants,
  bugs,
  model: null,
  operations: ['transfer', 'order', 'audit', 'read'],
  valueFor: bankValueFor,
  messageTypes,
  marks: ['voting', 'prepared', 'takeover', 'decided', 'alert'],
  configKeys,
};
