import { ConfigReader, durationUs } from '../config-reader.ts';
import { ConfigError } from '../protocol.ts';
import type { RaftConfig, ReadMode } from './config.ts';
import { parseLogs } from './planted-logs.ts';

/** The keys of a scenario's `config:` section, with what they mean. Durations are written `150ms`. */
export const configKeys: Readonly<Record<string, string>> = {
  electionTimeout:
    'Election timeout, drawn from [min, max): `[150ms, 300ms]`, or one duration for the minimum.',
  heartbeat: 'Time between heartbeats of a leader: `50ms`.',
  reads: 'readIndex | lease | log | leaderLocal | anyLocal. The last two may be stale.',
  followerReads:
    'Followers serve reads after asking the leader for the index (with reads: readIndex).',
  preVote: 'Ask for pre-votes before raising the term.',
  checkQuorum: 'A leader that a quorum does not answer steps down.',
  stickyLeader: 'Servers that hear a leader ignore vote requests.',
  clockDriftPpm: 'With reads: lease: the assumed bound of clock drift, in parts per million.',
  voters: 'How many servers start as voters (default: all that are not learners).',
  learners: 'How many servers, after the voters, start as learners.',
  quorum:
    'How many voters decide: `majority`, or the number, which must be a majority of the voters.',
  membershipChange: 'single | joint: how voters are changed.',
  autoLeave: 'The leader ends a joint phase by itself.',
  backtracking: 'fast | slow: skip a conflicting term, or one entry, per rejection.',
  pipeline: 'Send the next AppendEntries before the previous is answered.',
  inflightEntries: 'Most entries sent and not acknowledged, per follower.',
  entriesPerAppend: 'Most entries in one AppendEntries.',
  uncommittedEntries: 'A leader refuses proposals above this many uncommitted entries.',
  batch: 'Collect proposals for this long before replicating: `0ms` sends each at once.',
  syncsInFlight: 'Syncs under way at once; 1 gathers writes into the next one.',
  snapshotEvery: 'Entries applied between snapshots; 0 takes none.',
  snapshotChunk: 'Records in one InstallSnapshot message.',
  sessions: 'Clients open sessions, so that a retried command takes effect once.',
  sessionExpiry: 'A session unused for this long (by the time in the log) is dropped; `0s` never.',
  requests: 'redirect | forward: what a follower does with a client request.',
  operationTimeout: 'A client gives up an operation after this.',
  attemptTimeout: 'A client tries another server after this.',
  retryBackoff: 'A client waits this long after a refusal.',
  logs: 'Logs the servers start with, as terms, in topology order: `[[1, 1, 2], [1, 1], []]`.',
  transferEvery: 'Built-in operator: hand leadership over about this often; `0s` never.',
  reconfigureEvery: 'Built-in operator: change the membership about this often; `0s` never.',
};

const READ_MODES: readonly ReadMode[] = ['readIndex', 'lease', 'log', 'leaderLocal', 'anyLocal'];

/** `[min, max]`, or one duration for the minimum and its double; whether they can work is judged later. */
function electionTimeoutUs(section: ConfigReader): readonly [number, number] {
  const key = 'electionTimeout';
  const value = section.value(key) ?? ['150ms', '300ms'];
  if (!Array.isArray(value)) {
    const minUs = durationUs(key, value);
    return [minUs, 2 * minUs];
  }
  if (value.length !== 2)
    throw new ConfigError(key, `${key} lists ${value.length} durations`, 'write [150ms, 300ms]');
  return [durationUs(key, value[0]), durationUs(key, value[1])];
}

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): RaftConfig {
  const section = new ConfigReader('raft', configKeys, input);
  const [electionTimeoutMinUs, electionTimeoutMaxUs] = electionTimeoutUs(section);
  const learners = section.count('learners', 0, 0);
  const config: RaftConfig = {
    electionTimeoutMinUs,
    electionTimeoutMaxUs,
    heartbeatUs: section.durationUs('heartbeat', '50ms'),
    reads: section.choice('reads', READ_MODES),
    followerReads: section.flag('followerReads', false),
    preVote: section.flag('preVote', false),
    checkQuorum: section.flag('checkQuorum', false),
    stickyLeader: section.flag('stickyLeader', false),
    clockDriftPpm: section.count('clockDriftPpm', 1_000, 0),
    voters: section.count('voters', Math.max(1, serverCount - learners), 1),
    learners,
    membershipChange: section.choice('membershipChange', ['single', 'joint']),
    autoLeave: section.flag('autoLeave', true),
    backtracking: section.choice('backtracking', ['fast', 'slow']),
    pipeline: section.flag('pipeline', true),
    inflightEntries: section.count('inflightEntries', 256, 1),
    entriesPerAppend: section.count('entriesPerAppend', 64, 1),
    uncommittedEntries: section.count('uncommittedEntries', 1_024, 1),
    batchUs: section.durationUs('batch', '0ms'),
    syncsInFlight: section.count('syncsInFlight', 1, 1),
    snapshotEvery: section.count('snapshotEvery', 0, 0),
    snapshotChunk: section.count('snapshotChunk', 64, 1),
    sessions: section.flag('sessions', true),
    sessionExpiryUs: section.durationUs('sessionExpiry', '0s'),
    requests: section.choice('requests', ['redirect', 'forward']),
    operationTimeoutUs: section.durationUs('operationTimeout', '2s'),
    attemptTimeoutUs: section.durationUs('attemptTimeout', '200ms'),
    retryBackoffUs: section.durationUs('retryBackoff', '20ms'),
    logs: parseLogs(section.value('logs'), serverCount),
    transferEveryUs: section.durationUs('transferEvery', '0s'),
    reconfigureEveryUs: section.durationUs('reconfigureEvery', '0s'),
  };
  refuseUnworkable(config, section, serverCount);
  refuseOtherQuorum(config, section);
  return config;
}

function refuseUnworkable(config: RaftConfig, section: ConfigReader, serverCount: number): void {
  const refuse = (key: string, reason: string, fix: string): never => {
    throw new ConfigError(key, reason, fix);
  };
  const minMs = config.electionTimeoutMinUs / 1_000;
  if (config.electionTimeoutMinUs === 0)
    refuse('electionTimeout', 'an election timeout of 0 elects for ever', 'write [150ms, 300ms]');
  if (config.electionTimeoutMaxUs <= config.electionTimeoutMinUs)
    refuse(
      'electionTimeout',
      'the election timeout has no room for chance: its maximum is not above its minimum, and split votes would repeat',
      `write [${minMs}ms, ${2 * minMs}ms]`,
    );
  if (config.heartbeatUs === 0 || config.heartbeatUs >= config.electionTimeoutMinUs)
    refuse(
      'heartbeat',
      `a heartbeat every ${config.heartbeatUs / 1_000} ms cannot keep followers with an election timeout of ${minMs} ms from campaigning`,
      `write a heartbeat well below it, for example ${Math.floor(minMs / 3)}ms`,
    );
  if (config.voters + config.learners > serverCount)
    refuse(
      section.has('voters') ? 'voters' : 'learners',
      `${config.voters} voters and ${config.learners} learners are more than the ${serverCount} servers`,
      'lower them, or add servers to the topology',
    );
  if (config.reads === 'lease' && !config.checkQuorum)
    refuse(
      'reads',
      'lease reads need checkQuorum: a leader without a quorum would go on believing in its lease',
      'set checkQuorum: true',
    );
  if (config.reads === 'lease' && !config.stickyLeader)
    refuse(
      'reads',
      'lease reads need stickyLeader: followers that vote within the lease elect a second leader',
      'set stickyLeader: true',
    );
  if (config.clockDriftPpm >= 1_000_000)
    refuse('clockDriftPpm', 'a drift of 100 % leaves no lease', 'write less than 1000000');
  if (config.followerReads && config.reads !== 'readIndex')
    refuse(
      'followerReads',
      `followers can serve reads only by asking for a read index, but reads is ${config.reads}`,
      'set reads: readIndex, or followerReads: false',
    );
  if (config.sessionExpiryUs > 0 && !config.sessions)
    refuse('sessionExpiry', 'there are no sessions to expire', 'set sessions: true');
  if (config.attemptTimeoutUs === 0 || config.attemptTimeoutUs > config.operationTimeoutUs)
    refuse(
      'attemptTimeout',
      'one attempt may take longer than the whole operation',
      'write an attemptTimeout between 0 and operationTimeout',
    );
}

/** Any two quorums must share a voter, or two of them decide differently; half of an even number is not enough. */
function refuseOtherQuorum({ voters }: RaftConfig, section: ConfigReader): void {
  const quorum = section.value('quorum') ?? 'majority';
  const majority = Math.floor(voters / 2) + 1;
  if (quorum === 'majority' || quorum === majority) return;
  const fix = `write quorum: majority (of ${voters} voters: ${majority})`;
  if (typeof quorum !== 'number' || !Number.isInteger(quorum))
    throw new ConfigError(
      'quorum',
      `quorum is ${JSON.stringify(quorum)}, not a number of voters`,
      fix,
    );
  if (quorum > voters)
    throw new ConfigError('quorum', `a quorum of ${quorum} is more than ${voters} voters`, fix);
  throw new ConfigError(
    'quorum',
    quorum * 2 <= voters
      ? `a quorum of ${quorum} of ${voters} voters lets two halves elect two leaders and decide apart`
      : `a quorum of ${quorum} of ${voters} voters is more than a majority: more servers than necessary could stop the cluster`,
    fix,
  );
}
