import { bankValueFor } from '../bank.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { bugs, classesFor } from './bugs.ts';
import { TccClient } from './client.ts';
import { configKeys, parseConfig, type TccConfig } from './config.ts';
import { invariants } from './invariants.ts';
import { messageTypes } from './messages.ts';
import { figureNames, TccMonitor } from './monitor.ts';
import { createNode } from './node.ts';
import { lane } from './lane.ts';
import { view } from './view.ts';

/** Try-Confirm-Cancel with a fence table (Pardon & Pautasso 2014; Seata, dtm). */
export const tcc: ProtocolDefinition<TccConfig, TccMonitor> = {
  name: 'tcc',
  parseConfig,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new TccMonitor(servers, config, nameOf, report, nowUs),
  unfinished: (monitor) => monitor.unfinished(),
  figures: (monitor) => monitor.figures(),
  figureNames,
  createServer: (context) => createNode(context, classesFor(context.bug)),
  createClient: ({ monitor, ...context }) =>
    new TccClient({ ...context, monitor: monitor ?? null }),
  view,
  lane,
  invariants,
  bugs,
  model: null,
  operations: ['transfer', 'order', 'audit', 'read'],
  valueFor: bankValueFor,
  messageTypes,
  marks: ['trying', 'decided', 'alert'],
  configKeys,
};
