import { lockFigureNames, lockFigures, resourceMessageTypes } from '../locks/index.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { raft } from '../raft/index.ts';
import { bugs, classesFor } from './bugs.ts';
import { ZookeeperClient } from './client.ts';
import type { ZookeeperConfig } from './config.ts';
import { invariants } from './invariants.ts';
import { zkMessageTypes } from './messages.ts';
import { ZookeeperMonitor } from './monitor.ts';
import { configKeys, parseConfig } from './parse-config.ts';
import { unfit, unfitKey } from './unfit.ts';
import { lane } from './lane.ts';
import { view } from './view.ts';

/** Lock recipes on a ZooKeeper-style ensemble; the last server of the topology is the protected resource. */
export const zookeeper: ProtocolDefinition<ZookeeperConfig, ZookeeperMonitor> = {
  name: 'zookeeper',
  parseConfig,
  clientConfigKeys: ['holds'],
  unfit,
  unfitKey,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new ZookeeperMonitor(servers, config, nameOf, report, nowUs),
  figures: ({ judge }) => lockFigures(judge),
  figureNames: lockFigureNames,
  lockTimeline: ({ judge }) => judge.timeline,
  unfinished: (monitor) => monitor.unfinished(),
  onEnd: ({ judge }) => {
    judge.ended();
  },
  onNodeChange: (monitor, node, change) => {
    if (change === 'crash') monitor.crashed(node);
  },
  createServer: ({ env, config, servers, monitor, bug }) => {
    const { server, resource } = classesFor(bug);
    return env.id === servers.at(-1)
      ? new resource(env, config.resourceChecks, monitor?.judge ?? null)
      : new server(env, config, servers, monitor);
  },
  createClient: (context) => new ZookeeperClient(context, classesFor(context.bug ?? null)),
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
    'downgraded',
    'reread',
    'asks',
    'askedBack',
    'connected',
    'disconnected',
    'expired',
    'suspended',
    'reconnected',
    'sessionLost',
    ...raft.marks,
  ],
  configKeys,
  campaign: {
    variants: [],
    focuses: [],
    // A session is made by a round trip to a server and another one among servers, before the next server is tried; a node
    // as well, and the list is asked for, before a contender gives up.
    answersWithinUs: ({ sessionTimeoutUs, acquireTimeoutUs }: ZookeeperConfig, servers) =>
      Math.min(sessionTimeoutUs / (servers - 1) / 2, acquireTimeoutUs / 3),
    stallUs: ({ sessionTimeoutUs, tickUs }: ZookeeperConfig) => sessionTimeoutUs + tickUs,
  },
};
