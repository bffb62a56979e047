import { ConfigReader } from '../config-reader.ts';
import { refuseUselessFence, refuseWeakEnsemble } from '../locks/index.ts';
import { ConfigError } from '../protocol.ts';
import { raft } from '../raft/index.ts';
import type { RaftConfig } from '../raft/index.ts';
import type { EtcdConfig } from './config.ts';

/** The keys of a scenario's `config:` section, with what they mean. */
export const configKeys: Readonly<Record<string, string>> = {
  ttl: "Time to live of a client's lease: `10s`; at least one and a half election timeouts.",
  expiryCheck: 'How often the leader looks for leases that have ended: `500ms`.',
  lockDelay:
    'How long nobody may take the lock of a holder whose lease has ended, as in Chubby: `0s`; at most `60s`. A release frees at once.',
  electionTimeout: 'Of the replication core: `500ms`.',
  heartbeat: 'Of the replication core: `100ms`.',
  weakEnsemble: 'true: allow fewer than three servers, or an even number of them.',
  acquireTimeout: 'A contender that waits for longer gives up and deletes its key: `60s`.',
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
    expiryCheckUs: section.durationUs('expiryCheck', '500ms'),
    lockDelayUs: section.durationUs('lockDelay', '0s'),
    acquireTimeoutUs: section.durationUs('acquireTimeout', '60s'),
    fence,
    resourceChecks: section.flag('resourceChecks', fence !== 'none'),
    resourceTimeoutUs: section.durationUs('resourceTimeout', '1s'),
    holdUs: section.rangeUs('hold', ['5ms', '20ms']),
    holdsUs: section.durationsByNameUs('holds'),
    check: section.choice('check', ['before-write', 'none']),
    gapUs: section.durationUs('gap', '0ms'),
    judgeBelief: section.flag('judgeBelief', true),
  };
  const leastUs = leastTtlUs(config.raft);
  if (config.ttlUs < leastUs)
    throw new ConfigError(
      'ttl',
      `a lease of ${config.ttlUs / 1_000} ms can end within one election; a real server would silently make it longer`,
      `write at least ${leastUs / 1_000}ms`,
    );
  if (config.expiryCheckUs === 0)
    throw new ConfigError('expiryCheck', 'a check every 0 ms never passes', 'write 500ms');
  if (config.lockDelayUs > LONGEST_LOCK_DELAY_US)
    throw new ConfigError(
      'lockDelay',
      `with a lock-delay of ${config.lockDelayUs / 1_000_000} s one dead holder keeps its lock from everybody for longer than Chubby's bound of a minute`,
      'write at most 60s',
    );
  refuseUselessFence(config, ['revision']);
  return config;
}
