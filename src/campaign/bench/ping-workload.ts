/**
 * The work that `bench engine` measures, told once for all its drivers: 5 nodes, each with `channels` pings under way to
 * random peers; every message takes 1-10 ms and 5 % are lost; a ping unanswered after 25 ms is sent again by a timer.
 */
export const PING_NODES = 5;
export const MIN_DELAY_US = 1_000;
export const MAX_DELAY_US = 10_000;
export const LOSS_PPM = 50_000;
export const RESEND_US = 25_000;

export interface Ping {
  readonly type: 'ping' | 'pong';
  readonly channel: number;
  readonly sequence: number;
}

export interface PingRun {
  readonly seed: string;
  readonly channels: number;
  /** Stop after this many delivered messages. */
  readonly messages: number;
}

/** What a driver did; `checksum` sums all delivered sequence numbers, so that no work can be optimised away. */
export interface PingResult {
  readonly delivered: number;
  readonly checksum: number;
}
