import type { ScenarioDocument } from '../documents/document.ts';

/** A way to lock, set up so that schemes can be compared: one lease length, one protected resource, named `store`. */
export interface LockScheme {
  readonly id: string;
  readonly title: string;
  readonly protocol: string;
  /** The lock servers; the resource comes after them. */
  readonly servers: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly network: NonNullable<ScenarioDocument['network']>;
  /** The lock server that a fault of one server hits: the worst of them. */
  readonly worst: string;
  /**
   * Faults that bring about the worst lawful state before the fault under test: RedLock's holder has a bare majority,
   * which the worst server belongs to.
   */
  readonly handicap: NonNullable<ScenarioDocument['faults']>;
  /** Whether a server may be told to keep its data less safely than always: Redis' `appendfsync everysec`. */
  readonly lazyDisk: Readonly<Record<string, unknown>> | null;
  /** The service's own rhythm (ticks, keepalives): where in it a holder dies decides how long the next one waits. */
  readonly rhythmUs: number;
  /** After a holder's crash: the longest that the next contender can wait for the lock, µs, derived from the parameters. */
  readonly nextGrantUs: number;
  /** Written beside the figure. */
  readonly nextGrantRule: string;
}

/** One lease for all: the time to live of a key, the timeout of a session. */
export const LEASE = '10s';
const LEASE_US = 10_000_000;
const RETRY_US = 300_000;
/** Of a round trip, with room for what a server has to do: the network of {@link LATENCY}. */
const ROUND_TRIP_US = 20_000;
const TICK_US = 2_000_000;

const LATENCY: [string, string] = ['1ms', '2ms'];
const redis = { protocol: 'redlock', network: { latency: LATENCY }, lazyDisk: { aof: 'everysec' } };
const zookeeper = {
  protocol: 'zookeeper',
  servers: ['z1', 'z2', 'z3'],
  network: { latency: LATENCY, fifo: true },
  worst: 'leader',
  handicap: [],
  lazyDisk: null,
  rhythmUs: TICK_US,
  nextGrantUs: LEASE_US + TICK_US + ROUND_TRIP_US,
  nextGrantRule: 'session timeout + tick + round trip',
};
const EXPIRY_CHECK_US = 500_000;
const LOCK_DELAY_US = 5_000_000;
const etcd = {
  protocol: 'etcd',
  servers: ['e1', 'e2', 'e3'],
  network: { latency: LATENCY, fifo: true },
  worst: 'leader',
  handicap: [],
  lazyDisk: null,
  // A lease is kept alive at every third of its time.
  rhythmUs: Math.ceil(LEASE_US / 3),
  nextGrantUs: LEASE_US + EXPIRY_CHECK_US + ROUND_TRIP_US,
  nextGrantRule: 'lease ttl + expiry check + round trip',
};
const redisRule = {
  rhythmUs: 2_000_000,
  nextGrantUs: LEASE_US + RETRY_US + ROUND_TRIP_US,
  nextGrantRule: 'ttl + retry delay + jitter + round trip',
};
const oneRedis = { ...redis, ...redisRule, servers: ['redis'], worst: 'redis', handicap: [] };
const notifiedRule = {
  nextGrantUs: LEASE_US + ROUND_TRIP_US,
  nextGrantRule: 'ttl + round trip',
};
const patience = { ttl: LEASE, retryCount: -1 };
const bareMajority: LockScheme['handicap'] = [
  {
    id: 'bare-majority',
    at: '1900ms',
    kind: 'messages',
    from: 'c1',
    to: ['r4', 'r5'],
    types: ['Set'],
    drop: '100%',
    for: '400ms',
  },
];
const redlock = {
  ...redis,
  ...redisRule,
  servers: ['r1', 'r2', 'r3', 'r4', 'r5'],
  worst: 'r3',
  handicap: bareMajority,
};

/** All ways to lock that are compared; a new one is one more entry. */
export const LOCK_SCHEMES: readonly LockScheme[] = [
  {
    ...oneRedis,
    id: 'single-redis',
    title: 'one Redis server',
    config: { ...patience, allowEven: true },
  },
  {
    ...oneRedis,
    ...notifiedRule,
    id: 'notified-redis',
    title: 'one Redis server that tells of releases',
    config: { ...patience, allowEven: true, wait: 'notify' },
  },
  {
    ...oneRedis,
    ...notifiedRule,
    id: 'fair-redis',
    title: 'fair lock on one Redis server',
    config: { ...patience, allowEven: true, fair: true, wait: 'notify' },
  },
  {
    ...redis,
    ...redisRule,
    id: 'redis-failover',
    title: 'Redis with an asynchronous replica',
    servers: ['primary', 'replica'],
    config: { ...patience, replication: 'async', replicationDelay: '10ms', failoverAfter: '500ms' },
    worst: 'primary',
    handicap: [],
  },
  { ...redlock, id: 'redlock', title: 'RedLock, 5 servers', config: patience },
  {
    ...redlock,
    id: 'redlock-fenced',
    title: 'RedLock with fencing',
    config: { ...patience, fence: 'quorum-max-writeback' },
  },
  {
    ...zookeeper,
    id: 'zookeeper',
    title: 'ZooKeeper, 3 servers',
    config: { sessionTimeout: LEASE, tick: '2s' },
  },
  {
    ...zookeeper,
    id: 'zookeeper-fenced',
    title: 'ZooKeeper with fencing',
    config: { sessionTimeout: LEASE, tick: '2s', fence: 'czxid' },
  },
  {
    ...etcd,
    id: 'etcd',
    title: 'etcd lease, 3 servers',
    config: { ttl: LEASE, expiryCheck: '500ms' },
  },
  {
    ...etcd,
    id: 'etcd-fenced',
    title: 'etcd lease with fencing',
    config: { ttl: LEASE, expiryCheck: '500ms', fence: 'revision' },
  },
  {
    ...etcd,
    id: 'etcd-delay',
    title: 'etcd lease with lock-delay of 5 s',
    config: { ttl: LEASE, expiryCheck: '500ms', lockDelay: '5s' },
    // The leader looks twice: whether the lease has ended, and whether the lock-delay that began then has.
    nextGrantUs: LEASE_US + LOCK_DELAY_US + 2 * EXPIRY_CHECK_US + ROUND_TRIP_US,
    nextGrantRule: 'lease ttl + lock-delay + two expiry checks + round trip',
  },
];
