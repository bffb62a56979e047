import { LOOK_UP_US } from '../locks/index.ts';
import type { ZookeeperConfig } from './config.ts';

/** What the parameters promise of times, µs; every message at most `delayUs`, every sync at most `syncUs`, no election. */
export interface LockBounds {
  /** A session ends later than this after the leader last heard of it, */
  readonly expiryAfterUs: number;
  /** and at the latest then. */
  readonly expiryByUs: number;
  /** From a holder's crash until the next contender holds. */
  readonly nextGrantUs: number;
  /** How long a node stands in the queue that nobody wants any more, its client being dead. */
  readonly orphanUs: number;
}

/** The session's end is a logged transaction: an append, its acknowledgement and the commit, each with its sync. */
const COMMIT_HOPS = 3;
/** The event, the list and its answer. */
const TAKE_HOPS = 3;
/** Over a follower to the leader. */
const FORWARD_HOPS = 2;

/** Locks-after-a-crash in figures: one session timeout, at most one tick, and the way through the log to the waiter. */
export function lockBounds(
  { sessionTimeoutUs, tickUs }: Pick<ZookeeperConfig, 'sessionTimeoutUs' | 'tickUs'>,
  delayUs: number,
  syncUs: number,
): LockBounds {
  const expiryByUs = sessionTimeoutUs + tickUs;
  // The last thing the client said was on its way when it died, perhaps over a follower.
  const lastHeardUs = 2 * delayUs;
  const commitUs = COMMIT_HOPS * delayUs + 2 * syncUs;
  return {
    expiryAfterUs: sessionTimeoutUs,
    expiryByUs,
    nextGrantUs: lastHeardUs + expiryByUs + commitUs + TAKE_HOPS * delayUs,
    orphanUs: lastHeardUs + expiryByUs + commitUs,
  };
}

/**
 * From a contender's wish until it holds, µs, with a holder that is at work in its section and has nothing else to do; every
 * message at most `delayUs`, every sync at most `syncUs`, no election, nobody else in the queue. The contender makes its
 * node, waits, lists the queue and asks; the holder hears, reads what was written, looks up and deletes its node.
 */
export function handOverUs(revokeAfterUs: number, delayUs: number, syncUs: number): number {
  const writeUs = (FORWARD_HOPS + COMMIT_HOPS) * delayUs + 2 * syncUs;
  const madeUs = writeUs + delayUs;
  const askedUs = revokeAfterUs + 2 * delayUs + writeUs;
  const heardUs = TAKE_HOPS * delayUs + LOOK_UP_US;
  return madeUs + askedUs + heardUs + writeUs + TAKE_HOPS * delayUs;
}
