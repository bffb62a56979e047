import { LOOK_UP_US } from '../locks/index.ts';
import { connectTimeoutUs, readTimeoutUs, repeatUs, RETRY_US } from './client-loop.ts';
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

/** What a cut between a holder and all servers costs, by its length, µs; the holder has nothing to say but pings. */
export interface CutBounds {
  /** A shorter one is not noticed: the connection stands, and so does the lock, whatever the holder goes by. */
  readonly unnoticedUs: number;
  /** One of this length costs the connection: a holder that stops then has stopped. */
  readonly connectionLostUs: number;
  /** The session outlives a shorter one. */
  readonly sessionKeptUs: number;
  /** No session outlives one of this length. */
  readonly sessionOverUs: number;
}

/**
 * Jitter in figures. When a cut begins, the last answer may be half a read timeout old: the next ping was about to be sent.
 * When it ends, the ping is soon sent again, or, when the connection is lost, the wait for another server must end first.
 */
export function cutBounds(
  { sessionTimeoutUs, tickUs }: Pick<ZookeeperConfig, 'sessionTimeoutUs' | 'tickUs'>,
  members: number,
  delayUs: number,
): CutBounds {
  const readUs = readTimeoutUs(sessionTimeoutUs);
  const roundTripUs = 2 * delayUs;
  const silentUs = readUs / 2;
  const repeatedUs = repeatUs(sessionTimeoutUs);
  const reconnectedUs = connectTimeoutUs(sessionTimeoutUs, members) + RETRY_US;
  // Over a follower to the leader, before the cut and after it.
  const forwardedUs = FORWARD_HOPS * roundTripUs;
  return {
    unnoticedUs: readUs - silentUs - repeatedUs - roundTripUs,
    connectionLostUs: readUs + roundTripUs,
    sessionKeptUs: sessionTimeoutUs - silentUs - reconnectedUs - forwardedUs,
    sessionOverUs: sessionTimeoutUs + tickUs + forwardedUs,
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
