import { LOOK_US, type LeaseCounted } from './lease-count.ts';

/** A keepalive's answer from the leader: over a follower to the client. */
const ANSWER_HOPS = 2;

/**
 * How long a holder that is cut off may believe after its lease has ended, µs; every message takes at most `delayUs`, clocks
 * run alike, no process is paused. From sending: never. As clientv3: its count begins as late as the answer came, and it looks
 * up to a second late.
 */
export function overrunBoundUs(counted: LeaseCounted, delayUs: number): number {
  return counted === 'from-sending' ? 0 : ANSWER_HOPS * delayUs + LOOK_US;
}
