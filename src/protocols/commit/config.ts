import { ConfigReader } from '../config-reader.ts';
import { refuseEmptyWaits } from '../empty-waits.ts';
import { ConfigError } from '../protocol.ts';

export type Presumption = 'abort' | 'nothing' | 'commit';
export type Termination = 'inquire' | 'wait' | 'cooperative';
export type HeuristicMode = 'none' | 'rollback' | 'commit';

/** All durations in µs of the node's monotonic clock. */
export interface CommitConfig {
  readonly presume: Presumption;
  /** So many servers coordinate, each its own transactions, over the same managers. */
  readonly coordinators: number;
  readonly readOnlyVote: boolean;
  readonly onePhase: boolean;
  readonly lastResource: boolean;
  readonly termination: Termination;
  readonly heuristic: HeuristicMode;
  readonly heuristicTimeoutUs: number;
  readonly balance: number;
  readonly stock: number;
  readonly voteTimeoutUs: number;
  readonly txTimeoutUs: number;
  readonly lockTimeoutUs: number;
  /** 0: every decision is forced by itself. */
  readonly groupCommitUs: number;
  readonly decisionRetryUs: number;
  readonly decisionRetryMaxUs: number;
  readonly inquiryTimeoutUs: number;
  readonly recoveryPeriodUs: number;
  readonly orphanSafetyUs: number;
  readonly operationTimeoutUs: number;
  readonly attemptTimeoutUs: number;
}

export const configKeys: Readonly<Record<string, string>> = {
  presume:
    'abort | nothing | commit: what a coordinator without a record answers, and what it need not log.',
  coordinators:
    'So many servers, the first of the topology, coordinate; each its own clients and transactions, over the same managers.',
  readOnlyVote: 'A branch that changed nothing votes read-only and is over after phase one.',
  onePhase: 'A transaction with one branch commits without prepare.',
  lastResource:
    'The last manager of a transaction cannot prepare: it commits in one phase when all others have voted, and its commit is the decision.',
  termination:
    'inquire | wait | cooperative: what a prepared participant does when no decision comes.',
  heuristic:
    'none | rollback | commit: how a prepared participant ends a branch without being told.',
  heuristicTimeout: 'How long a prepared participant waits before it decides alone.',
  balance: 'What every account begins with.',
  stock: 'How many pieces the store begins with.',
  voteTimeout: 'The coordinator waits this long for votes, then aborts.',
  txTimeout:
    'Work must be done, and an unprepared branch prepared, within this; else it is rolled back.',
  lockTimeout:
    'A branch waits this long for a row, then fails: the cure for deadlocks across managers.',
  groupCommit: 'Decisions of so much time are forced to disk together; `0s` each by itself.',
  decisionRetry:
    'The coordinator repeats a decision that is not acknowledged after this, then doubles it.',
  decisionRetryMax: 'Longest time between two repetitions.',
  inquiryTimeout: 'A prepared participant asks for the decision after this, again and again.',
  recoveryPeriod:
    'The coordinator asks every manager for its prepared branches this often; `0s` never.',
  orphanSafety: 'Recovery leaves a branch it does not know alone for this long.',
  operationTimeout: 'A client gives up an operation after this.',
  attemptTimeout: 'A client asks again after this, with the same request id.',
};

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): CommitConfig {
  const config = readCommitConfig(new ConfigReader('commit', configKeys, input));
  if (serverCount < 2)
    throw new ConfigError(
      'topology',
      'one server is a coordinator without resource managers',
      'give the topology at least two servers: the first coordinates, the others manage accounts',
    );
  if (serverCount <= config.coordinators)
    throw new ConfigError(
      'coordinators',
      `${config.coordinators} coordinators of ${serverCount} servers leave no resource manager`,
      'write fewer coordinators than the topology has servers',
    );
  return config;
}

/** The keys of {@link configKeys} as `read` has them, checked against each other. */
export function readCommitConfig(read: ConfigReader): CommitConfig {
  const config: CommitConfig = {
    presume: read.choice('presume', ['abort', 'nothing', 'commit']),
    coordinators: read.count('coordinators', 1, 1),
    readOnlyVote: read.flag('readOnlyVote', true),
    onePhase: read.flag('onePhase', true),
    lastResource: read.flag('lastResource', false),
    termination: read.choice('termination', ['inquire', 'wait', 'cooperative']),
    heuristic: read.choice('heuristic', ['none', 'rollback', 'commit']),
    heuristicTimeoutUs: read.durationUs('heuristicTimeout', '60s'),
    balance: read.count('balance', 100, 0),
    stock: read.count('stock', 100, 0),
    voteTimeoutUs: read.durationUs('voteTimeout', '300ms'),
    txTimeoutUs: read.durationUs('txTimeout', '1s'),
    lockTimeoutUs: read.durationUs('lockTimeout', '100ms'),
    groupCommitUs: read.durationUs('groupCommit', '0s'),
    decisionRetryUs: read.durationUs('decisionRetry', '100ms'),
    decisionRetryMaxUs: read.durationUs('decisionRetryMax', '800ms'),
    inquiryTimeoutUs: read.durationUs('inquiryTimeout', '200ms'),
    recoveryPeriodUs: read.durationUs('recoveryPeriod', '1s'),
    orphanSafetyUs: read.durationUs('orphanSafety', '2s'),
    operationTimeoutUs: read.durationUs('operationTimeout', '4s'),
    attemptTimeoutUs: read.durationUs('attemptTimeout', '500ms'),
  };
  refuseZero(config);
  if (config.decisionRetryMaxUs < config.decisionRetryUs)
    throw new ConfigError(
      'decisionRetryMax',
      'the longest time between two repetitions is shorter than the first',
      'write at least decisionRetry',
    );
  if (config.lastResource && !config.onePhase)
    throw new ConfigError(
      'lastResource',
      'a last resource cannot prepare, and onePhase: false asks it to',
      'leave onePhase on, or lastResource off',
    );
  if (config.lockTimeoutUs >= config.txTimeoutUs)
    throw new ConfigError(
      'lockTimeout',
      'a branch that waits for a row longer than its transaction lives never learns that it waited in vain',
      'write a lockTimeout below txTimeout',
    );
  return config;
}

function refuseZero(config: CommitConfig): void {
  refuseEmptyWaits({
    voteTimeout: config.voteTimeoutUs,
    txTimeout: config.txTimeoutUs,
    lockTimeout: config.lockTimeoutUs,
    decisionRetry: config.decisionRetryUs,
    inquiryTimeout: config.inquiryTimeoutUs,
    attemptTimeout: config.attemptTimeoutUs,
  });
}
