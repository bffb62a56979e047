import type { WorkerConfig } from '../locks/index.ts';
import type { RedisOptions } from '../redis/index.ts';

export interface RedlockConfig extends WorkerConfig {
  /** How many independent Redis servers; the topology has one server more, the protected resource. */
  readonly nodes: number;
  /** With asynchronous replication: primary and replica stand for the one node. */
  readonly failover: boolean;
  readonly redis: Omit<RedisOptions, 'replication'>;
  readonly replicationDelayUs: number;
  readonly failoverAfterUs: number;

  /** By key: what a section on it locks besides, all or nothing. */
  readonly alsoLocks: Readonly<Record<string, readonly string[]>>;

  /** The lock is given in the order of a queue on the one server. */
  readonly fair: boolean;
  /** How long the first waiter of that queue may stay silent while the lock is free, µs. */
  readonly fairWaitUs: number;

  readonly ttlUs: number;
  readonly nodeTimeoutUs: number;
  readonly contact: 'multiplexed' | 'sequential';
  readonly driftPpm: number;
  readonly driftConstUs: number;
  /** Infinity: for ever. */
  readonly retryCount: number;
  readonly retryDelayUs: number;
  readonly retryJitterUs: number;
  /** How a contender waits: it asks again after a pause, or is told. */
  readonly wait: 'poll' | 'notify';
  readonly extend: 'none' | 'auto' | 'watchdog';
  readonly extendThresholdUs: number;
  readonly maxExtensions: number;
  /** What a holder does when it is told that its lock is lost: it works on to its check, or stops at once. */
  readonly onLoss: 'finish' | 'abort';
  readonly fence: 'none' | 'single-node-incr' | 'quorum-max-writeback';

  readonly resourceChecks: boolean;
  readonly judgeBelief: boolean;
}

export function quorumOf(nodes: number): number {
  return Math.floor(nodes / 2) + 1;
}

/** How far a sound node's clock may be ahead within one time to live. */
export function driftOf({ ttlUs, driftPpm, driftConstUs }: RedlockConfig): number {
  return Math.ceil((ttlUs * driftPpm) / 1_000_000) + driftConstUs;
}
