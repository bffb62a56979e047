import { ConfigReader } from '../config-reader.ts';
import { refuseUselessFence, refuseWeakEnsemble } from '../locks/index.ts';
import { ConfigError } from '../protocol.ts';
import { raft } from '../raft/index.ts';
import type { ZookeeperConfig } from './config.ts';

/** The keys of a scenario's `config:` section, with what they mean. */
export const configKeys: Readonly<Record<string, string>> = {
  tick: 'The unit of session time: `2s`.',
  sessionTimeout: 'Silence after which a session ends, from 2 to 20 ticks: `10s`.',
  electionTimeout: 'Of the replication core: `500ms`.',
  heartbeat: 'Of the replication core: `100ms`.',
  snapshotEvery: 'Of the replication core: entries applied between snapshots; 0 takes none.',
  weakEnsemble: 'true: allow fewer than three servers, or an even number of them.',
  lock: 'mutex | read-write | semaphore: with read-write, `read` takes the lock to read.',
  permits: 'Of a semaphore: how many may hold at once: `2`.',
  acquireTimeout: 'A contender that waits for longer gives up and deletes its node: `60s`.',
  onSuspended:
    'assume-lost | deadline | keep: what a holder does when its connection is lost: stop, hope until its own clock says that the session is over, or hope until a server says so.',
  fence: 'none | czxid: the zxid that created its node as fencing token.',
  watch: 'predecessor | all: whom a contender watches; all is the herd.',
  watchWith:
    'data | exists: the read that sets the watch; exists leaves it behind on a node that is gone.',
  guid: 'Whether a random part of the name protects a create whose answer is lost: true.',
  guaranteedDelete: 'Whether a delete whose answer is lost is sent again until answered: true.',
  retryWhenGone: 'Whether a contender whose node is gone begins again by itself: false.',
  reenter: 'Whether a holder takes its lock a second time around the write: false.',
  cleanParent: "Whether whoever leaves a lock's folder empty deletes it: false.",
  downgrade:
    'Of a read-write lock: whether a writer takes the lock to read before it lets go, reads, and then lets go of that: false.',
  revokeAfter:
    "A contender that waits for longer writes `__REVOKE__` into the holder's node, and a holder watches its own: `500ms`; default: `never`.",
  firstSequence: 'Where the counters of sequential names begin: 0.',
  resourceChecks: 'Whether the resource refuses smaller tokens; default: when there are tokens.',
  resourceTimeout: 'How long a client waits for the resource: `1s`.',
  hold: 'How long a critical section lasts: `[5ms, 20ms]`.',
  holds: 'The same by client: `{ c1: 9s }`.',
  holdReads: 'Whether a read holds its lock as long; default: unless the lock is a mutex.',
  check: 'before-write | none: whether a holder looks at its state before it writes.',
  gap: 'Time between that check and the write: `0ms`.',
  judgeBelief: 'false: belief is not judged; it is false by nature under pauses.',
};

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): ZookeeperConfig {
  const section = new ConfigReader('zookeeper', configKeys, input);
  // The core would take shorter ones, and a run would do nothing but beat.
  section.periodUs('heartbeat', '100ms');
  refuseWeakEnsemble('ZooKeeper', serverCount - 1, section.flag('weakEnsemble', false));
  const fence = section.choice('fence', ['none', 'czxid']);
  const lock = section.choice('lock', ['mutex', 'read-write', 'semaphore']);
  const config: ZookeeperConfig = {
    raft: raft.parseConfig(
      {
        electionTimeout: input['electionTimeout'] ?? '500ms',
        heartbeat: input['heartbeat'] ?? '100ms',
        snapshotEvery: input['snapshotEvery'] ?? 0,
        sessions: false,
        checkQuorum: true,
        preVote: true,
      },
      serverCount - 1,
    ),
    tickUs: section.periodUs('tick', '2s'),
    sessionTimeoutUs: section.durationUs('sessionTimeout', '10s'),
    acquireTimeoutUs: section.periodUs('acquireTimeout', '60s'),
    lock,
    permits: section.count('permits', 2, 1),
    onSuspended: section.choice('onSuspended', ['assume-lost', 'deadline', 'keep']),
    fence,
    watch: section.choice('watch', ['predecessor', 'all']),
    watchWith: section.choice('watchWith', ['data', 'exists']),
    guid: section.flag('guid', true),
    guaranteedDelete: section.flag('guaranteedDelete', true),
    retryWhenGone: section.flag('retryWhenGone', false),
    reenter: section.flag('reenter', false),
    cleanParent: section.flag('cleanParent', false),
    downgrade: section.flag('downgrade', false),
    revokeAfterUs: readRevokeAfterUs(section),
    firstSequence: section.count('firstSequence', 0, 0, 0x7fff_ffff),
    resourceChecks: section.flag('resourceChecks', fence !== 'none'),
    resourceTimeoutUs: section.periodUs('resourceTimeout', '1s'),
    holdUs: section.rangeUs('hold', ['5ms', '20ms']),
    holdsUs: section.durationsByNameUs('holds'),
    holdReads: section.flag('holdReads', lock !== 'mutex'),
    check: section.choice('check', ['before-write', 'none']),
    gapUs: section.durationUs('gap', '0ms'),
    judgeBelief: section.flag('judgeBelief', true),
  };
  refuseUnworkable(config);
  refuseUncheckable(config);
  refuseForeignOptions(config);
  section.refuseIdle('permits', lock === 'semaphore', 'lock: semaphore');
  section.refuseIdle('watchWith', config.watch === 'predecessor', 'watch: predecessor');
  return config;
}

function readRevokeAfterUs(section: ConfigReader): number | null {
  const never = (section.value('revokeAfter') ?? 'never') === 'never';
  return never ? null : section.periodUs('revokeAfter', '500ms');
}

function refuseUnworkable(config: ZookeeperConfig): void {
  const { tickUs, sessionTimeoutUs } = config;
  if (sessionTimeoutUs < 2 * tickUs || sessionTimeoutUs > 20 * tickUs)
    throw new ConfigError(
      'sessionTimeout',
      `a session timeout of ${sessionTimeoutUs / 1_000} ms is outside [2, 20] ticks of ${tickUs / 1_000} ms; a real server would silently use the nearest`,
      `write between ${(2 * tickUs) / 1_000}ms and ${(20 * tickUs) / 1_000}ms, or change the tick`,
    );
}

function refuseUncheckable(config: ZookeeperConfig): void {
  refuseUselessFence(config, ['czxid']);
  if (config.resourceChecks && config.lock !== 'mutex')
    throw new ConfigError(
      'fence',
      `the resource cannot check the tokens of a ${config.lock} lock: those who share it come in no order`,
      'set lock: mutex, or fence: none',
    );
  if (config.watch === 'all' && config.lock === 'semaphore')
    throw new ConfigError(
      'watch',
      'a semaphore has one contender that waits for leases at a time; there is no herd to show',
      'set watch: predecessor, or lock: mutex',
    );
}

/** Options of one kind of lock, with another. */
function refuseForeignOptions(config: ZookeeperConfig): void {
  if (config.downgrade && config.lock !== 'read-write')
    throw new ConfigError(
      'downgrade',
      `a ${config.lock} has no lock to read that a writer could go on with`,
      'set lock: read-write, or leave downgrade out',
    );
  if (config.downgrade && config.reenter)
    throw new ConfigError(
      'downgrade',
      'the count of a lock that is taken twice knows of one lock a key, and a writer that goes on as a reader has two',
      'leave downgrade or reenter out',
    );
  if (config.reenter && config.lock === 'semaphore')
    throw new ConfigError(
      'reenter',
      'a permit has no owner that could take it again: who asks a semaphore twice has two',
      'set lock: mutex or read-write, or leave reenter out',
    );
  if (config.revokeAfterUs !== null && config.lock === 'semaphore')
    throw new ConfigError(
      'revokeAfter',
      'who waits for a permit waits for any of its holders; there is no one to ask',
      'set lock: mutex or read-write, or revokeAfter: never',
    );
}
