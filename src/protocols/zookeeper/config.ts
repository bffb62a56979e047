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
  /** What a holder does when its connection is lost: stop, or hope. */
  readonly onSuspended: 'assume-lost' | 'keep';
  /** The zxid that created the contender's node as fencing token. */
  readonly fence: 'none' | 'czxid';
  readonly watch: 'predecessor' | 'all';
  readonly resourceChecks: boolean;
  readonly judgeBelief: boolean;
}
