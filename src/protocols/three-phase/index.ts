import { bankValueFor } from '../bank.ts';
import { figureNames } from '../commit/index.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { bugs, classesFor } from './bugs.ts';
import { ThreePhaseClient } from './client.ts';
import { configKeys, parseConfig, type ThreePhaseConfig } from './config.ts';
import { invariants } from './invariants.ts';
import { lane } from './lane.ts';
import { messageTypes } from './messages.ts';
import { ThreePhaseMonitor } from './monitor.ts';
import { createNode } from './node.ts';
import { view } from './view.ts';

/** Three-phase commit: it does not block when servers die, and disagrees when a partition only looks like death (Skeen 1981). */
export const threePhase: ProtocolDefinition<ThreePhaseConfig, ThreePhaseMonitor> = {
  name: 'three-phase',
  parseConfig,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new ThreePhaseMonitor(servers, config, nameOf, report, nowUs),
  unfinished: (monitor) => monitor.unfinished(),
  figures: (monitor) => monitor.figures(),
  figureNames,
  createServer: (context) => createNode(context, classesFor(context.bug)),
  createClient: (context) => new ThreePhaseClient(context),
  view,
  lane,
  invariants,
  bugs,
  model: null,
  operations: ['transfer', 'order', 'audit', 'read'],
  valueFor: bankValueFor,
  messageTypes,
  marks: [
    'voting',
    'prepared',
    'pre-committing',
    'pre-committed',
    'terminating',
    'decided',
    'alert',
  ],
  configKeys,
};
