import { configKeys as commitKeys, readCommitConfig, type CommitConfig } from '../commit/index.ts';
import { ConfigReader } from '../config-reader.ts';
import { refuseEmptyWaits } from '../empty-waits.ts';
import { ConfigError } from '../protocol.ts';

/** As in two-phase commit, with a third phase. All durations in µs of the node's monotonic clock. */
export interface ThreePhaseConfig extends CommitConfig {
  readonly terminationTimeoutUs: number;
  readonly pollTimeoutUs: number;
}

/** Two-phase commit's answers to blocking, which is to be none here, and to presumption. */
const NOT_HERE = [
  'presume',
  'coordinators',
  'lastResource',
  'groupCommit',
  'termination',
  'heuristic',
  'heuristicTimeout',
  'inquiryTimeout',
  'recoveryPeriod',
  'orphanSafety',
];

export const configKeys: Readonly<Record<string, string>> = {
  terminationTimeout:
    'A participant that hears nothing for this long holds the coordinator for dead, and ends the transaction with the others.',
  pollTimeout: 'Who does not answer a question within this is held for dead.',
  ...Object.fromEntries(Object.entries(commitKeys).filter(([key]) => !NOT_HERE.includes(key))),
};

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): ThreePhaseConfig {
  const read = new ConfigReader('three-phase', configKeys, input);
  const terminationTimeoutUs = read.durationUs('terminationTimeout', '800ms');
  const pollTimeoutUs = read.durationUs('pollTimeout', '50ms');
  const config = { ...readCommitConfig(read), presume: 'nothing', recoveryPeriodUs: 0 } as const;
  if (serverCount < 2)
    throw new ConfigError(
      'topology',
      'one server is a coordinator without resource managers',
      'give the topology at least two servers: the first coordinates, the others manage accounts',
    );
  refuseEmptyWaits({ pollTimeout: pollTimeoutUs });
  if (terminationTimeoutUs <= config.voteTimeoutUs + 2 * pollTimeoutUs)
    throw new ConfigError(
      'terminationTimeout',
      'a participant holds the coordinator for dead while that still waits for votes: terminationTimeout is not longer than voteTimeout and two pollTimeouts',
      `write more than ${(config.voteTimeoutUs + 2 * pollTimeoutUs) / 1_000}ms, or lower voteTimeout`,
    );
  return { ...config, terminationTimeoutUs, pollTimeoutUs };
}
