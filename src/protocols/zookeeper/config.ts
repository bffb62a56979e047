import type { WorkerConfig } from '../locks/index.ts';
import type { RaftConfig } from '../raft/index.ts';

export interface ZookeeperConfig extends WorkerConfig {
  /** Of the replication core. */
  readonly raft: RaftConfig;
  readonly tickUs: number;
  /** Negotiated: within [2, 20] ticks. */
  readonly sessionTimeoutUs: number;
  /** A contender that waits for longer gives up and deletes its node. */
  readonly acquireTimeoutUs: number;
  readonly lock: 'mutex' | 'read-write' | 'semaphore';
  /** Of a semaphore: how many may hold at once. */
  readonly permits: number;
  /** What a holder does when its connection is lost: stop, hope until its own clock says that it is over, or hope. */
  readonly onSuspended: 'assume-lost' | 'deadline' | 'keep';
  /** The zxid that created the contender's node as fencing token. */
  readonly fence: 'none' | 'czxid';
  readonly watch: 'predecessor' | 'all';
  /** Which read sets the watch on the predecessor. */
  readonly watchWith: 'data' | 'exists';
  /** Whether a random part of the name protects the create whose answer is lost. */
  readonly guid: boolean;
  /** Whether a delete whose answer is lost is sent again until it is answered. */
  readonly guaranteedDelete: boolean;
  /** Whether a contender whose node is gone begins again by itself, until its acquire timeout. */
  readonly retryWhenGone: boolean;
  /** Whether the one who leaves a lock's folder empty deletes it. */
  readonly cleanParent: boolean;
  /** Whether a writer goes on as a reader before it lets go: of a read-write lock. */
  readonly downgrade: boolean;
  /** How long a contender waits before it asks the holder to let go, µs; null: for ever. */
  readonly revokeAfterUs: number | null;
  /** Where the counters of sequential names begin: near their overflow, for instance. */
  readonly firstSequence: number;
  readonly resourceChecks: boolean;
  readonly judgeBelief: boolean;
}
