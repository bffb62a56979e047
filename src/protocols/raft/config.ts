import type { LogTerms } from './planted-logs.ts';

/** How a server answers reads; only the first three promise that a read is fresh. */
export type ReadMode = 'readIndex' | 'lease' | 'log' | 'leaderLocal' | 'anyLocal';

/** Everything that can be switched, completed and checked by `parseConfig`. Times in µs. */
export interface RaftConfig {
  readonly electionTimeoutMinUs: number;
  /** Timeouts are drawn uniformly from [min, max). */
  readonly electionTimeoutMaxUs: number;
  readonly heartbeatUs: number;
  readonly reads: ReadMode;
  /** With `reads: readIndex`: a follower serves reads after asking the leader for the index. */
  readonly followerReads: boolean;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  /** Ignore vote requests while a leader is heard (dissertation §4.2.3). */
  readonly stickyLeader: boolean;
  /** With `reads: lease`: how much faster or slower than true time a clock may run, in parts per million. */
  readonly clockDriftPpm: number;
  /** Which servers, in topology order, start as voters; the next `learners` start as learners, the rest outside. */
  readonly voters: number;
  readonly learners: number;
  readonly membershipChange: 'single' | 'joint';
  /** With joint changes: the leader leaves the joint phase by itself. */
  readonly autoLeave: boolean;
  readonly backtracking: 'fast' | 'slow';
  /** Send the next AppendEntries before the previous is answered. */
  readonly pipeline: boolean;
  /** Most entries sent and not yet acknowledged, per follower. */
  readonly inflightEntries: number;
  readonly entriesPerAppend: number;
  /** A leader refuses proposals when this many of its entries are not yet committed. */
  readonly uncommittedEntries: number;
  /** Collect proposals for so long before replicating; 0 sends each at once. */
  readonly batchUs: number;
  /** Syncs under way at once; 1 gathers everything written meanwhile into the next one. */
  readonly syncsInFlight: number;
  /** Take a snapshot when so many entries were applied since the last; 0 never. */
  readonly snapshotEvery: number;
  /** Records in one InstallSnapshot message. */
  readonly snapshotChunk: number;
  readonly sessions: boolean;
  /** By the time in the log; 0 never. */
  readonly sessionExpiryUs: number;
  /** What a follower does with a client's request. */
  readonly requests: 'redirect' | 'forward';
  /** The client gives up an operation after this; a mutation is then unknown. */
  readonly operationTimeoutUs: number;
  /** The client tries another server after this. */
  readonly attemptTimeoutUs: number;
  readonly retryBackoffUs: number;
  /** Built-in operator: hand leadership over about this often; 0 never. */
  readonly transferEveryUs: number;
  /** Logs that the servers start with, by position in the topology; empty: none. For scripts that begin in the middle. */
  readonly logs: readonly LogTerms[];
  /** Built-in operator: change the membership about this often; 0 never. */
  readonly reconfigureEveryUs: number;
}
