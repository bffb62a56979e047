import type { ProtocolDefinition } from '../protocol.ts';
import { bankValueFor } from '../bank.ts';
import { bugs, clientFor, serversFor } from './bugs.ts';
import { type CommitConfig, configKeys, parseConfig } from './config.ts';
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
  createServer: (context) => createNode(context, serversFor(context.bug)),
  createClient: (context) => new (clientFor(context.bug ?? null))(context),
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
