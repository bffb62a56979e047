import { bankValueFor } from '../bank.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { bugs, classesFor } from './bugs.ts';
import { NotificationClient } from './client.ts';
import { configKeys, parseConfig, type NotificationConfig } from './config.ts';
import { invariants } from './invariants.ts';
import { messageTypes } from './messages.ts';
import { figureNames, NotificationMonitor } from './monitor.ts';
import { createNode } from './node.ts';
import { lane } from './lane.ts';
import { view } from './view.ts';

/** Best-effort notification: a schedule of calls, a record of giving up, reconciliation (seed document). */
export const notification: ProtocolDefinition<NotificationConfig, NotificationMonitor> = {
  name: 'notification',
  parseConfig,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new NotificationMonitor(servers, config, nameOf, report, nowUs),
  unfinished: (monitor) => monitor.unfinished(),
  figures: (monitor) => monitor.figures(),
  figureNames,
  createServer: (context) => createNode(context, classesFor(context.bug)),
  createClient: ({ monitor, ...context }) =>
    new NotificationClient({ ...context, monitor: monitor ?? null }),
  view,
  lane,
  invariants,
  bugs,
  model: null,
  operations: ['change', 'transfer', 'order', 'audit', 'read'],
  valueFor: (f, key, keys, stream) =>
    f === 'change' || f === 'read' ? null : bankValueFor(f, key, keys, stream),
  messageTypes,
  marks: ['committed', 'claimed', 'alert'],
  configKeys,
  campaign: {
    variants: [
      [{}, { schedule: ['0s', '50ms', '100ms'] }],
      [{}, {}, { reconcileEvery: '500ms' }],
      [{}, { jitter: 0.5 }],
    ],
    focuses: [],
  },
};
