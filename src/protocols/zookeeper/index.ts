import {
  lockFigureNames,
  lockFigures,
  ResourceNode,
  resourceMessageTypes,
} from '../locks/index.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { raft } from '../raft/index.ts';
import { bugs, recipeFor, serverFor } from './bugs.ts';
import { ZookeeperClient } from './client.ts';
import type { ZookeeperConfig } from './config.ts';
import { invariants } from './invariants.ts';
import { zkMessageTypes } from './messages.ts';
import { ZookeeperMonitor } from './monitor.ts';
import { configKeys, parseConfig } from './parse-config.ts';
import { lane } from './lane.ts';
import { view } from './view.ts';

/** The sequential lock recipe on a ZooKeeper-style ensemble; the last server of the topology is the protected resource. */
export const zookeeper: ProtocolDefinition<ZookeeperConfig, ZookeeperMonitor> = {
  name: 'zookeeper',
  parseConfig,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new ZookeeperMonitor(servers, config, nameOf, report, nowUs),
  figures: ({ judge }) => lockFigures(judge),
  figureNames: lockFigureNames,
  lockTimeline: ({ judge }) => judge.timeline,
  onCrash: (monitor, node) => {
    monitor.crashed(node);
  },
  createServer: ({ env, config, servers, monitor, bug }) =>
    env.id === servers.at(-1)
      ? new ResourceNode(env, config.resourceChecks, monitor?.judge ?? null)
      : new (serverFor(bug))(env, config, servers, monitor),
  createClient: (context) => new ZookeeperClient(context, recipeFor(context.bug ?? null)),
  view,
  lane,
  invariants,
  bugs,
  model: 'counter',
  operations: ['increment', 'read'],
  messageTypes: [...zkMessageTypes, ...resourceMessageTypes, ...raft.messageTypes],
  marks: [
    'acquired',
    'writing',
    'released',
    'lost',
    'connected',
    'disconnected',
    'expired',
    ...raft.marks,
  ],
  configKeys,
};
