import { ConfigReader } from '../config-reader.ts';
import { ConfigError } from '../protocol.ts';
import { raft } from '../raft/index.ts';
import type { ZookeeperConfig } from './config.ts';

/** The keys of a scenario's `config:` section, with what they mean. */
export const configKeys: Readonly<Record<string, string>> = {
  tick: 'The unit of session time: `2s`.',
  sessionTimeout: 'Silence after which a session ends, from 2 to 20 ticks: `10s`.',
  electionTimeout: 'Of the replication core: `500ms`.',
  heartbeat: 'Of the replication core: `100ms`.',
  acquireTimeout: 'A contender that waits for longer gives up and deletes its node: `60s`.',
  onSuspended: 'assume-lost | keep: what a holder does when its connection is lost.',
  fence: 'none | czxid: the zxid that created its node as fencing token.',
  watch: 'predecessor | all: whom a contender watches; all is the herd.',
  resourceChecks: 'Whether the resource refuses smaller tokens; default: when there are tokens.',
  resourceTimeout: 'How long a client waits for the resource: `1s`.',
  hold: 'How long a critical section lasts: `[5ms, 20ms]`.',
  holds: 'The same by client: `{ c1: 9s }`.',
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
  const fence = section.choice('fence', ['none', 'czxid']);
  const replicas = serverCount - 1;
  if (replicas < 1)
    throw new ConfigError(
      'tick',
      'the last server is the protected resource; there is no ZooKeeper server',
      'add servers to the topology',
    );
  const config: ZookeeperConfig = {
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
    tickUs: section.durationUs('tick', '2s'),
    sessionTimeoutUs: section.durationUs('sessionTimeout', '10s'),
    acquireTimeoutUs: section.durationUs('acquireTimeout', '60s'),
    onSuspended: section.choice('onSuspended', ['assume-lost', 'keep']),
    fence,
    watch: section.choice('watch', ['predecessor', 'all']),
    resourceChecks: section.flag('resourceChecks', fence !== 'none'),
    resourceTimeoutUs: section.durationUs('resourceTimeout', '1s'),
    holdUs: section.rangeUs('hold', ['5ms', '20ms']),
    holdsUs: section.durationsByNameUs('holds'),
    check: section.choice('check', ['before-write', 'none']),
    gapUs: section.durationUs('gap', '0ms'),
    judgeBelief: section.flag('judgeBelief', true),
  };
  refuseUnworkable(config);
  return config;
}

function refuseUnworkable(config: ZookeeperConfig): void {
  const { tickUs, sessionTimeoutUs } = config;
  if (tickUs === 0) throw new ConfigError('tick', 'a tick of 0 never passes', 'write 2s');
  if (sessionTimeoutUs < 2 * tickUs || sessionTimeoutUs > 20 * tickUs)
    throw new ConfigError(
      'sessionTimeout',
      `a session timeout of ${sessionTimeoutUs / 1_000} ms is outside [2, 20] ticks of ${tickUs / 1_000} ms; a real server would silently use the nearest`,
      `write between ${(2 * tickUs) / 1_000}ms and ${(20 * tickUs) / 1_000}ms, or change the tick`,
    );
  if (config.resourceChecks && config.fence === 'none')
    throw new ConfigError(
      'resourceChecks',
      'the resource cannot check fencing tokens that nobody gives out (fence: none)',
      'set fence: czxid, or resourceChecks: false',
    );
}
