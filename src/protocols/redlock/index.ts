import { lockFigureNames, lockFigures, resourceMessageTypes } from '../locks/index.ts';
import type { ProtocolDefinition } from '../protocol.ts';
import { redisMessageTypes } from '../redis/index.ts';
import { bugs, classesFor } from './bugs.ts';
import { RedlockClient } from './client.ts';
import type { RedlockConfig } from './config.ts';
import { invariants } from './invariants.ts';
import { RedlockMonitor } from './monitor.ts';
import { configKeys, parseConfig } from './parse-config.ts';
import { lane } from './lane.ts';
import { unfitKey } from './unfit-key.ts';
import { view } from './view.ts';

/** RedLock on independent Redis servers; the last server of the topology is the resource that the lock protects. */
export const redlock: ProtocolDefinition<RedlockConfig, RedlockMonitor> = {
  name: 'redlock',
  parseConfig,
  clientConfigKeys: ['holds'],
  unfitKey,
  createMonitor: (servers, config, nameOf, report, nowUs) =>
    new RedlockMonitor(servers, config, nameOf, report, nowUs),
  figures: ({ judge, orphanUs, expiryWindow, fairOrder }) => [
    ...lockFigures(judge),
    { name: 'orphan-life-max', unit: 'us', value: orphanUs },
    { name: 'late-expiry-max', unit: 'us', value: expiryWindow.lateUs },
    { name: 'overtakes', unit: 'count', value: fairOrder.overtakes },
    { name: 'dead-waiter-max', unit: 'us', value: fairOrder.deadWaiterUs },
  ],
  figureNames: [
    ...lockFigureNames,
    'orphan-life-max',
    'late-expiry-max',
    'overtakes',
    'dead-waiter-max',
  ],
  lockTimeline: ({ judge }) => judge.timeline,
  onEnd: ({ judge }) => {
    judge.ended();
  },
  onNodeChange: (monitor, node, change) => {
    monitor.changed(node, change);
  },
  createServer({ env, config, servers, monitor, bug }) {
    const { redis, resource } = classesFor(bug);
    if (env.id === servers.at(-1))
      return new resource(env, config.resourceChecks, monitor?.judge ?? null);
    const replication = config.failover
      ? {
          pair: [servers[0]!, servers[1]!] as const,
          delayUs: config.replicationDelayUs,
          failoverAfterUs: config.failoverAfterUs,
        }
      : null;
    return new redis(env, { ...config.redis, replication }, monitor);
  },
  createClient(context) {
    const { lock, fairLock } = classesFor(context.bug ?? null);
    return new RedlockClient(context, context.config.fair ? fairLock : lock);
  },
  view,
  lane,
  invariants,
  bugs,
  model: 'counter',
  operations: ['increment', 'read'],
  messageTypes: [...redisMessageTypes, ...resourceMessageTypes],
  marks: ['acquired', 'writing', 'released', 'expired', 'extension-failed', 'promoted'],
  configKeys,
  campaign: {
    variants: [],
    focuses: [],
    // A release that was lost keeps its lock from everybody until it expires.
    stallUs: ({ ttlUs, redis, retryDelayUs }: RedlockConfig) =>
      ttlUs + redis.activeExpiryUs + retryDelayUs,
    answersWithinUs: ({ nodeTimeoutUs }: RedlockConfig) => nodeTimeoutUs,
  },
};
