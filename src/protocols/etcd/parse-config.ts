import { ConfigReader, LEAST_PERIOD_US } from '../config-reader.ts';
import { refuseUselessFence, refuseWeakEnsemble } from '../locks/index.ts';
import { ConfigError } from '../protocol.ts';
import { raft } from '../raft/index.ts';
import type { RaftConfig } from '../raft/index.ts';
import type { EtcdConfig } from './config.ts';
import { LEASE_COUNTS } from './lease-count.ts';

/** The keys of a scenario's `config:` section, with what they mean. */
export const configKeys: Readonly<Record<string, string>> = {
  ttl: "Time to live of a client's lease: `10s`; at least one and a half election timeouts.",
  leaseCounted:
    'from-sending | as-clientv3: from when a client counts its lease; clientv3 counts from the answer, and looks once a second whether that is over.',
  expiryCheck: 'How often the leader looks for leases that have ended: `500ms`; at least `1ms`.',
  lockDelay:
    'How long nobody may take the lock of a holder whose lease has ended, as in Chubby: `0s`; at most `60s`. A release frees at once.',
  electionTimeout: 'Of the replication core: `500ms`.',
  heartbeat: 'Of the replication core: `100ms`; at least `1ms`.',
  weakEnsemble: 'true: allow fewer than three servers, or an even number of them.',
  acquireTimeout: 'A contender that waits for longer gives up and deletes its key: `60s`.',
  requestTimeout:
    'How long a client waits for a server before it asks the next one: `500ms`. A change takes up to six ways through the network.',
  fence: 'none | revision: the revision that created its key as fencing token.',
  resourceChecks: 'Whether the resource refuses smaller tokens; default: when there are tokens.',
  resourceTimeout: 'How long a client waits for the resource: `1s`.',
  hold: 'How long a critical section lasts: `[5ms, 20ms]`.',
  holds: 'The same by client: `{ c1: 9s }`.',
  check: 'before-write | none: whether a holder looks at its state before it writes.',
  gap: 'Time between that check and the write: `0ms`.',
  judgeBelief: 'false: belief is not judged; it is false by nature under pauses.',
};

/** The longest that Chubby lets a dead holder keep others away (Burrows 2006, §2.4), µs. */
const LONGEST_LOCK_DELAY_US = 60_000_000;

/** No lease may end within one election (etcd 3.4, server.go, minTTL), µs; a real server rounds it up to whole seconds. */
export function leastTtlUs({
  electionTimeoutMinUs,
}: Pick<RaftConfig, 'electionTimeoutMinUs'>): number {
  return Math.ceil((electionTimeoutMinUs * 3) / 2);
}

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): EtcdConfig {
  const section = new ConfigReader('etcd', configKeys, input);
  const replicas = serverCount - 1;
  // The core would take shorter ones, and a run would do nothing but beat.
  section.periodUs(
    'heartbeat',
    '100ms',
    LEAST_PERIOD_US,
    (ms) => `a heartbeat every ${ms} ms fills the run with heartbeats`,
  );
  refuseWeakEnsemble('etcd', replicas, section.flag('weakEnsemble', false));
  const fence = section.choice('fence', ['none', 'revision']);
  const config: EtcdConfig = {
    raft: raft.parseConfig(
      {
        electionTimeout: input['electionTimeout'] ?? '500ms',
        heartbeat: input['heartbeat'] ?? '100ms',
        sessions: false,
        checkQuorum: true,
        preVote: true,
      },
      replicas,
    ),
    ttlUs: section.durationUs('ttl', '10s'),
    leaseCounted: section.choice('leaseCounted', LEASE_COUNTS),
    expiryCheckUs: section.periodUs(
      'expiryCheck',
      '500ms',
      LEAST_PERIOD_US,
      (ms) => `a check every ${ms} ms fills the run with checks`,
    ),
    lockDelayUs: section.durationUs('lockDelay', '0s'),
    acquireTimeoutUs: section.durationUs('acquireTimeout', '60s'),
    requestTimeoutUs: section.periodUs(
      'requestTimeout',
      '500ms',
      LEAST_PERIOD_US,
      (ms) =>
        `a change takes up to six ways through the network, more than ${ms} ms: nobody would ever get a lease`,
    ),
    fence,
    resourceChecks: section.flag('resourceChecks', fence !== 'none'),
    resourceTimeoutUs: section.periodUs(
      'resourceTimeout',
      '1s',
      LEAST_PERIOD_US,
      (ms) =>
        `an answer takes two ways through the network, more than ${ms} ms: no operation would ever end well`,
    ),
    holdUs: section.rangeUs('hold', ['5ms', '20ms']),
    holdsUs: section.durationsByNameUs('holds'),
    check: section.choice('check', ['before-write', 'none']),
    gapUs: section.durationUs('gap', '0ms'),
    judgeBelief: section.flag('judgeBelief', true),
  };
  refuseUnworkableTimes(config);
  refusePointlessTimeouts(config, section);
  refuseUselessFence(config, ['revision']);
  return config;
}

function refuseUnworkableTimes(config: EtcdConfig): void {
  const leastUs = leastTtlUs(config.raft);
  if (config.ttlUs < leastUs)
    throw new ConfigError(
      'ttl',
      `a lease of ${config.ttlUs / 1_000} ms can end within one election; a real server would silently make it longer`,
      `write at least ${leastUs / 1_000}ms`,
    );
  if (config.lockDelayUs > LONGEST_LOCK_DELAY_US)
    throw new ConfigError(
      'lockDelay',
      `with a lock-delay of ${config.lockDelayUs / 1_000_000} s one dead holder keeps its lock from everybody for longer than Chubby's bound of a minute`,
      'write at most 60s',
    );
}

function refusePointlessTimeouts(config: EtcdConfig, section: ConfigReader): void {
  if (config.acquireTimeoutUs === 0)
    throw new ConfigError(
      'acquireTimeout',
      'with an acquire timeout of 0 every contender gives up at once',
      'write 60s',
    );
  // The default may be longer: whoever writes only a short acquire timeout gets it, and is answered within it all the same.
  if (section.has('requestTimeout') && config.requestTimeoutUs > config.acquireTimeoutUs)
    throw new ConfigError(
      'requestTimeout',
      `one request of ${config.requestTimeoutUs / 1_000} ms would outlast the acquire timeout of ${config.acquireTimeoutUs / 1_000} ms`,
      `write at most ${config.acquireTimeoutUs / 1_000}ms, or a longer acquireTimeout`,
    );
}
