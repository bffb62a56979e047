import type { RaftConfig } from './config.ts';

/**
 * Timeouts that are spread over half of the largest give each election a good chance, and then there must be a leader so
 * many of them after the last disturbance; spread less, split votes last the longer (Raft §9.3).
 */
const BOUND_TIMEOUTS = 10;

/** Virtual µs within which servers that nothing disturbs come to a leader. */
export function electionBoundUs(config: RaftConfig): number {
  const { electionTimeoutMinUs: minUs, electionTimeoutMaxUs: maxUs } = config;
  const crowding = Math.max(1, maxUs / 2 / (maxUs - minUs));
  return Math.round(BOUND_TIMEOUTS * maxUs * crowding);
}
