import {
  lockFigureNames,
  lockFigures,
  ResourceNode,
  resourceMessageTypes,
  unfitSlash,
} from '../locks/index.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { raft } from '../raft/index.ts';
import { bugs, classesFor } from './bugs.ts';
import { EtcdClient } from './client.ts';
import type { EtcdConfig } from './config.ts';
import { lane } from './lane.ts';
import { invariants } from './invariants.ts';
import { etcdMessageTypes } from './messages.ts';
import { EtcdMonitor } from './monitor.ts';
import { configKeys, parseConfig } from './parse-config.ts';
import { view } from './view.ts';

/** etcd's lease lock on an etcd-style cluster; the last server of the topology is the protected resource. */
export const etcd: ProtocolDefinition<EtcdConfig, EtcdMonitor> = {
  name: 'etcd',
  parseConfig,
  clientConfigKeys: ['holds'],
  unfitKey: unfitSlash,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new EtcdMonitor(servers, config, nameOf, report, nowUs),
  figures: ({ judge, handovers }) => [
    ...lockFigures(judge),
    { name: 'handover-max', unit: 'us', value: handovers.longestUs },
  ],
  figureNames: [...lockFigureNames, 'handover-max'],
  lockTimeline: ({ judge }) => judge.timeline,
  onEnd: ({ judge }) => {
    judge.ended();
  },
  onNodeChange: (monitor, node, change) => {
    if (change === 'crash') monitor.judge.crashed(node);
  },
  createServer: ({ env, config, servers, monitor, bug }) =>
    env.id === servers.at(-1)
      ? new ResourceNode(env, config.resourceChecks, monitor?.judge ?? null)
      : new (classesFor(bug).server)(env, config, servers, monitor),
  createClient: (context) => new EtcdClient(context, classesFor(context.bug ?? null).lock),
  view,
  lane,
  invariants,
  bugs,
  model: 'counter',
  operations: ['increment', 'read'],
  messageTypes: [...etcdMessageTypes, ...resourceMessageTypes, ...raft.messageTypes],
  marks: ['acquired', 'writing', 'released', 'lost', 'leased', 'leaseLost', ...raft.marks],
  configKeys,
  campaign: {
    variants: [],
    focuses: [],
    stallUs: ({ ttlUs, expiryCheckUs, lockDelayUs, requestTimeoutUs }: EtcdConfig) =>
      Math.max(ttlUs + expiryCheckUs + lockDelayUs, requestTimeoutUs),
    // Of its six ways and two syncs a change needs three times there and back: to the server, to the leader, to the quorum.
    answersWithinUs: ({ requestTimeoutUs }: EtcdConfig) => Math.floor(requestTimeoutUs / 3),
  },
};
