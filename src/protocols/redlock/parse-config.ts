import { ConfigReader } from '../config-reader.ts';
import { refuseUselessFence } from '../locks/index.ts';
import { ConfigError } from '../protocol.ts';
import { driftOf, type RedlockConfig } from './config.ts';
import { unfitKey } from './unfit-key.ts';

/** The keys of a scenario's `config:` section, with what they mean. */
export const configKeys: Readonly<Record<string, string>> = {
  ttl: 'Time to live of a lock: `10s`.',
  nodeTimeout: 'How long a client waits for one node: `50ms`.',
  contact: 'multiplexed | sequential: all nodes at once, or in turn.',
  driftPpm: 'Assumed bound of clock drift, parts per million of the ttl (10000 is 1 %).',
  driftConst: 'Constant part of the drift margin: `2ms`.',
  retryCount: 'Attempts after the first; -1 for ever.',
  retryDelay: 'Mean pause between attempts: `200ms`.',
  retryJitter: 'The pause is drawn from [delay - jitter, delay + jitter]: `100ms`.',
  alsoLocks:
    'What a section on a key locks besides it, all or nothing on every node: `{ x: [y], y: [x] }`.',
  wait: 'poll | notify: contenders ask again after a pause, or listen for the release and ask then, and when the lock must have run out.',
  extend:
    'none | auto | watchdog: extend before the end, at most maxExtensions times; or every ttl/3.',
  extendThreshold: 'With extend: auto, what may be left of the validity: `500ms`.',
  maxExtensions: 'With extend: auto, how often.',
  onLoss: 'finish | abort: a holder that loses its lock works on to its check, or stops at once.',
  fence:
    'none | single-node-incr | quorum-max-writeback: where fencing tokens come from. Those of a quorum go back when a majority forgets (aof), however long the restarted stay silent.',
  resourceChecks: 'Whether the resource refuses smaller tokens; default: when there are tokens.',
  resourceTimeout: 'How long a client waits for the resource: `1s`.',
  hold: 'How long a critical section lasts: `[5ms, 20ms]`.',
  holds: 'The same by client: `{ c1: 9s }`.',
  check: 'before-write | none: whether a holder looks at its deadline before it writes.',
  gap: 'Time between that check and the write: `0ms`.',
  aof: 'off | no | everysec | always: when the append-only file reaches the disk.',
  restartDelay: 'How long a restarted node stays silent: `0s`; safe above the ttl and its drift.',
  activeExpiry: 'Time between rounds of the active expiry cycle: `100ms`.',
  serverClock: 'wall | monotonic: what judges time to live; Redis has only the wall clock.',
  fair: 'true: one server keeps a queue of waiters, who ask again every retryDelay, and gives the lock in its order.',
  fairWait:
    'How long the first waiter may stay silent while the lock is free, then it is dropped: `5s`.',
  replication: 'none | async: independent nodes, or one primary with a replica and fail-over.',
  replicationDelay: 'How long a primary collects changes before it sends them: `10ms`.',
  failoverAfter: 'Silence after which the replica takes over: `1s`.',
  allowEven: 'Allows an even number of nodes, or fewer than 3; said on purpose.',
  judgeBelief: 'false: belief is not judged; it is false by nature under pauses.',
};

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): RedlockConfig {
  const section = new ConfigReader('redlock', configKeys, input);
  const failover = section.choice('replication', ['none', 'async']) === 'async';
  const fence = section.choice('fence', ['none', 'single-node-incr', 'quorum-max-writeback']);
  const retryCount = section.count('retryCount', 10, -1);
  const config: RedlockConfig = {
    nodes: failover ? 1 : serverCount - 1,
    failover,
    redis: {
      aof: section.choice('aof', ['always', 'everysec', 'no', 'off']),
      restartDelayUs: section.durationUs('restartDelay', '0s'),
      activeExpiryUs: section.periodUs('activeExpiry', '100ms'),
      expiryClock: section.choice('serverClock', ['wall', 'monotonic']),
    },
    replicationDelayUs: section.durationUs('replicationDelay', '10ms'),
    failoverAfterUs: section.periodUs('failoverAfter', '1s', 3_000),
    alsoLocks: section.namesByName('alsoLocks'),
    fair: section.flag('fair', false),
    fairWaitUs: section.durationUs('fairWait', '5s'),
    ttlUs: section.periodUs('ttl', '10s'),
    nodeTimeoutUs: section.durationUs('nodeTimeout', '50ms'),
    contact: section.choice('contact', ['multiplexed', 'sequential']),
    driftPpm: section.count('driftPpm', 10_000, 0, 500_000),
    driftConstUs: section.durationUs('driftConst', '2ms'),
    retryCount: retryCount === -1 ? Infinity : retryCount,
    retryDelayUs: section.durationUs('retryDelay', '200ms'),
    retryJitterUs: section.durationUs('retryJitter', '100ms'),
    wait: section.choice('wait', ['poll', 'notify']),
    extend: section.choice('extend', ['none', 'auto', 'watchdog']),
    extendThresholdUs: section.durationUs('extendThreshold', '500ms'),
    maxExtensions: section.count('maxExtensions', 10, 0),
    onLoss: section.choice('onLoss', ['finish', 'abort']),
    fence,
    resourceChecks: section.flag('resourceChecks', fence !== 'none'),
    resourceTimeoutUs: section.periodUs('resourceTimeout', '1s'),
    holdUs: section.rangeUs('hold', ['5ms', '20ms']),
    holdsUs: section.durationsByNameUs('holds'),
    check: section.choice('check', ['before-write', 'none']),
    gapUs: section.durationUs('gap', '0ms'),
    judgeBelief: section.flag('judgeBelief', true),
  };
  refuseIdle(section, config);
  refuseUnworkable(config, serverCount, section.flag('allowEven', false));
  return config;
}

type Refuse = (key: string, reason: string, fix: string) => never;

function refuseUnworkable(config: RedlockConfig, serverCount: number, allowEven: boolean): void {
  const { nodes, nodeTimeoutUs, retryDelayUs, retryJitterUs } = config;
  const refuse: Refuse = (key, reason, fix) => {
    throw new ConfigError(key, reason, fix);
  };
  if (config.failover && serverCount !== 3)
    refuse(
      'replication',
      `asynchronous replication needs a primary, a replica and the resource, not ${serverCount} servers`,
      'write topology: { servers: [primary, replica, resource], ... }',
    );
  if (serverCount < 2)
    refuse('ttl', 'the last server is the protected resource; there is no Redis', 'add servers');
  if (!config.failover && !allowEven && (nodes < 3 || nodes % 2 === 0))
    refuse(
      'allowEven',
      nodes < 3
        ? `topology.servers names ${nodes} Redis server${nodes === 1 ? '' : 's'} and, last, the resource: ${nodes} tolerate no failure, since a majority of them is all of them`
        : `topology.servers names ${nodes} Redis servers and, last, the resource: an even number can split its votes in two halves that block each other, and tolerates as few failures as ${nodes - 1} servers`,
      `write servers: ${nodes < 3 ? 4 : nodes + 2} for ${nodes < 3 ? 3 : nodes + 1} Redis servers, or set allowEven: true to show exactly this`,
    );
  for (const [key, others] of Object.entries(config.alsoLocks))
    if (new Set([key, ...others]).size <= others.length)
      refuse('alsoLocks', `"${key}" would be locked twice with itself`, 'name each key once');
  for (const name of Object.entries(config.alsoLocks).flat(2)) {
    const unfit = unfitKey(name);
    if (unfit !== null) refuse('alsoLocks', unfit.reason, unfit.fix);
  }
  if (Object.keys(config.alsoLocks).length > 0 && (config.fair || config.wait === 'notify'))
    refuse(
      'alsoLocks',
      `${config.fair ? 'the queue of a fair lock' : 'what wait: notify listens to'} belongs to one lock, not to several at once`,
      'use fair: false and wait: poll',
    );
  if (config.wait === 'notify' && config.failover)
    refuse(
      'wait',
      'whom the primary tells of a release, its replica does not know (replication: async)',
      'use independent servers, or wait: poll',
    );
  if (config.fair) refuseUnfair(config, refuse);
  refuseShortTtl(config, refuse);
  if (retryJitterUs > retryDelayUs)
    refuse('retryJitter', 'the jitter is above the delay', 'write a jitter up to retryDelay');
  refuseUselessFence(config, ['quorum-max-writeback', 'single-node-incr']);
  if (config.fence === 'single-node-incr') refuseForgottenTokens(config, refuse);
  if (nodeTimeoutUs === 0)
    refuse(
      'nodeTimeout',
      'a node timeout of 0 gives every node up before it answers',
      'write 50ms',
    );
  if (config.extend === 'auto' && config.extendThresholdUs >= config.ttlUs)
    refuse('extendThreshold', 'every lock would be extended at once', 'write less than the ttl');
}

function refuseShortTtl(config: RedlockConfig, refuse: Refuse): void {
  const { ttlUs, nodeTimeoutUs } = config;
  if (ttlUs <= nodeTimeoutUs)
    refuse(
      'ttl',
      `a ttl of ${ttlUs / 1_000} ms is over before one silent node is given up after ${nodeTimeoutUs / 1_000} ms`,
      `write a ttl well above it, for example ${(nodeTimeoutUs / 1_000) * 20}ms`,
    );
  if (ttlUs <= driftOf(config))
    refuse('driftPpm', 'the drift margin leaves nothing of the ttl', 'lower it or raise the ttl');
}

function refuseForgottenTokens({ failover, redis }: RedlockConfig, refuse: Refuse): void {
  if (!failover && redis.aof === 'always') return;
  const lostBy = {
    off: 'a restart',
    no: 'a power loss, with what the disk had not got',
    everysec: 'a power loss, with its last second or more',
    always: 'a fail-over',
  } as const;
  const how = failover ? lostBy.always : `${lostBy[redis.aof]} (aof: ${redis.aof})`;
  refuse(
    'fence',
    `the counter of fence: single-node-incr is forgotten by ${how}, and tokens would go back`,
    failover ? 'use independent servers' : 'set aof: always',
  );
}

/** What one wrote for a way of working that is switched off. */
function refuseIdle(section: ConfigReader, config: RedlockConfig): void {
  section.refuseIdle('fairWait', config.fair, 'fair: true');
  section.refuseIdle('extendThreshold', config.extend === 'auto', 'extend: auto');
  section.refuseIdle('maxExtensions', config.extend === 'auto', 'extend: auto');
  section.refuseIdle('replicationDelay', config.failover, 'replication: async');
  section.refuseIdle('failoverAfter', config.failover, 'replication: async');
}

function refuseUnfair(config: RedlockConfig, refuse: Refuse): void {
  const { nodes, failover, fairWaitUs, retryDelayUs, retryJitterUs, nodeTimeoutUs } = config;
  if (nodes !== 1 || failover)
    refuse(
      'fair',
      `the queue of a fair lock lies on one Redis server, not on ${failover ? 'a pair' : nodes} (the last server is the resource)`,
      'write topology: { servers: [redis, store], ... } with allowEven: true',
    );
  if (fairWaitUs <= retryDelayUs + retryJitterUs + nodeTimeoutUs)
    refuse(
      'fairWait',
      `a waiter that asks again after up to ${(retryDelayUs + retryJitterUs + nodeTimeoutUs) / 1_000} ms would be dropped in between`,
      'write well above retryDelay + retryJitter + nodeTimeout',
    );
}
