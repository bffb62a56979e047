import type { WorkerConfig } from '../locks/index.ts';
import type { RaftConfig } from '../raft/index.ts';
import type { LeaseCounted } from './lease-count.ts';

export interface EtcdConfig extends WorkerConfig {
  /** Of the replication core. */
  readonly raft: RaftConfig;
  /** Time to live of a client's lease; the client renews it three times in that time. */
  readonly ttlUs: number;
  /** How a client tells by its own clock that its lease is over. */
  readonly leaseCounted: LeaseCounted;
  /** How often the leader looks for leases that have ended. */
  readonly expiryCheckUs: number;
  /** How long nobody may take the lock of a holder whose lease has ended; 0: not at all (Burrows 2006, Chubby, §2.4). */
  readonly lockDelayUs: number;
  /** A contender that waits for longer gives up and deletes its key. */
  readonly acquireTimeoutUs: number;
  /** How long a client waits for a server's answer before it asks the next one. */
  readonly requestTimeoutUs: number;
  /** The revision that created the contender's key as fencing token. */
  readonly fence: 'none' | 'revision';
  readonly resourceChecks: boolean;
  readonly judgeBelief: boolean;
}
