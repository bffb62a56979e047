import { bankValueFor } from '../bank.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { bugs, classesFor } from './bugs.ts';
import { SagaClient } from './client.ts';
import { configKeys, parseConfig, type SagaConfig } from './config.ts';
import { invariants } from './invariants.ts';
import { lane } from './lane.ts';
import { messageTypes } from './messages.ts';
import { figureNames, SagaMonitor } from './monitor.ts';
import { createNode } from './node.ts';
import { view } from './view.ts';

/** Sagas: local transactions one after the other, and compensations (Garcia-Molina & Salem 1987). */
export const saga: ProtocolDefinition<SagaConfig, SagaMonitor> = {
  name: 'saga',
  parseConfig,
  createMonitor: (servers, config, nameOf, report) =>
    new SagaMonitor(servers, config, nameOf, report),
  unfinished: (monitor) => monitor.unfinished(),
  figures: (monitor) => monitor.figures(),
  figureNames,
  createServer: (context) => createNode(context, classesFor(context.bug)),
  createClient: ({ monitor, ...context }) =>
    new SagaClient({ ...context, monitor: monitor ?? null }),
  view,
  lane,
  invariants,
  bugs,
  model: null,
  operations: ['transfer', 'order', 'audit', 'read'],
  valueFor: bankValueFor,
  messageTypes,
  marks: ['acting', 'compensating', 'ended', 'alert'],
  configKeys,
};
