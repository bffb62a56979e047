import { ConfigReader } from '../config-reader.ts';
import { configKeys as commitKeys, readCommitConfig, type CommitConfig } from '../commit/index.ts';
import { ConfigError } from '../protocol.ts';

/** As in two-phase commit, with the commit group. All durations in µs of the node's monotonic clock. */
export interface PaxosConfig extends CommitConfig {
  /** F: so many of the 2F+1 members may be gone. */
  readonly faults: number;
  readonly takeoverTimeoutUs: number;
}

/** Presumption, termination rule, heuristics and scan are two-phase commit's answers to what does not happen here. */
const NOT_HERE = [
  'presume',
  'coordinators',
  'lastResource',
  'groupCommit',
  'termination',
  'heuristic',
  'heuristicTimeout',
  'recoveryPeriod',
  'orphanSafety',
];

export const configKeys: Readonly<Record<string, string>> = {
  faults: 'F: the first 2F+1 servers are the commit group, and F of them may fail. 0, 1 or 2.',
  takeoverTimeout:
    'The i-th member of the group takes a transaction over when it was asked and i times this has passed.',
  ...Object.fromEntries(Object.entries(commitKeys).filter(([key]) => !NOT_HERE.includes(key))),
};

/** How many servers the commit group has. */
export function groupSize({ faults }: Pick<PaxosConfig, 'faults'>): number {
  return 2 * faults + 1;
}

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): PaxosConfig {
  const read = new ConfigReader('paxos-commit', configKeys, input);
  const faults = read.count('faults', 1, 0);
  const takeoverTimeoutUs = read.durationUs('takeoverTimeout', '50ms');
  if (faults > 2)
    throw new ConfigError('faults', `${faults} is more than this simulation knows`, 'write 0 to 2');
  if (takeoverTimeoutUs === 0)
    throw new ConfigError(
      'takeoverTimeout',
      'takeoverTimeout is over before it begins',
      'write more than 0s: members that take over at once outbid each other for ever',
    );
  if (serverCount <= groupSize({ faults }))
    throw new ConfigError(
      'topology',
      `${serverCount} servers are a commit group of ${groupSize({ faults })} without resource managers`,
      `give the topology at least ${groupSize({ faults }) + 1} servers, or lower faults`,
    );
  return { ...readCommitConfig(read), recoveryPeriodUs: 0, faults, takeoverTimeoutUs };
}
