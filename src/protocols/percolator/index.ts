import { bankValueFor } from '../bank.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { bugs, classesFor } from './bugs.ts';
import { PercolatorClient } from './client.ts';
import { configKeys, parseConfig, type PercolatorConfig } from './config.ts';
import { invariants } from './invariants.ts';
import { lane } from './lane.ts';
import { messageTypes } from './messages.ts';
import { figureNames, PercolatorMonitor } from './monitor.ts';
import { createNode } from './node.ts';
import { view } from './view.ts';

/** Percolator: transactions that clients coordinate, with snapshot isolation, over stores that know locks and versions only. */
export const percolator: ProtocolDefinition<PercolatorConfig, PercolatorMonitor> = {
  name: 'percolator',
  parseConfig,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new PercolatorMonitor(servers, config, nameOf, report, nowUs),
  unfinished: (monitor) => monitor.unfinished(),
  figures: (monitor) => monitor.figures(),
  figureNames,
  createServer: (context) => createNode(context, classesFor(context.bug)),
  createClient: ({ monitor, ...context }) =>
    new PercolatorClient(
      { ...context, monitor: monitor ?? null },
      classesFor(context.bug ?? null).transaction,
    ),
  view,
  lane,
  invariants,
  bugs,
  model: null,
  operations: ['transfer', 'order', 'audit', 'read'],
  valueFor: bankValueFor,
  messageTypes,
  marks: ['prewritten', 'committed'],
  configKeys,
};
