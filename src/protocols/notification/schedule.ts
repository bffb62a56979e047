import type { RandomStream } from '../../sim/engine/random.ts';
import type { NotificationConfig } from './config.ts';

type Schedule = Pick<NotificationConfig, 'scheduleUs' | 'callTimeoutUs' | 'jitter' | 'clockDrift'>;

/** The pause before the next call when `attempts` were made; after the last one, before giving up. */
export function pauseAfterUs(
  { scheduleUs, callTimeoutUs }: Pick<Schedule, 'scheduleUs' | 'callTimeoutUs'>,
  attempts: number,
): number {
  return scheduleUs[attempts] ?? callTimeoutUs;
}

/** The same pause with its jitter, so that what failed together does not come again together. */
export function drawnPauseUs(config: Schedule, attempts: number, stream: RandomStream): number {
  const pauseUs = pauseAfterUs(config, attempts);
  const widthUs = Math.floor(pauseUs * config.jitter);
  return widthUs === 0 ? pauseUs : stream.between(pauseUs - widthUs, pauseUs + widthUs);
}

/** The shortest true time between two calls: jitter, and the fastest clock (BE-I2). */
export function leastSpacingUs(config: Schedule, attempts: number): number {
  const shortestUs = pauseAfterUs(config, attempts) * (1 - config.jitter);
  // Two readings of a clock in whole microseconds are off by less than one each.
  return Math.max(0, Math.floor(shortestUs / (1 + config.clockDrift)) - 2);
}

/** The longest pause, on the clock of whoever keeps the schedule. */
export function longestPauseUs(config: Schedule, attempts: number): number {
  return Math.ceil(pauseAfterUs(config, attempts) * (1 + config.jitter));
}

/**
 * For how long a notifier may rely on a claim, on its own clock and from the moment it asked for it: less than the lease even
 * if the database's clock is as fast, and its own as slow, as `clockDrift` allows.
 */
export function holdUs({
  claimLeaseUs,
  clockDrift,
}: Pick<NotificationConfig, 'claimLeaseUs' | 'clockDrift'>): number {
  return Math.floor((claimLeaseUs * (1 - clockDrift)) / (1 + clockDrift));
}

/**
 * MQ-M1, the convergence window: how long a fact takes from A's commit until B knows it, at most, in true time, when B was
 * away for `awayUs` and nothing else went wrong. The first call after B is back is the last pause that began before that.
 */
export function convergenceWindowUs(
  config: NotificationConfig,
  awayUs: number,
  messageUs: number,
  syncUs: number,
): number {
  const slow = 1 / (1 - config.clockDrift);
  const shared = config.storage === 'shared';
  // Publish and Insert, each synced; then the polls and the claim of each attempt.
  const recordedUs = (shared ? 2 : 1) * (messageUs + syncUs);
  const claimedUs = config.pollEveryUs * slow + (shared ? 2 : 0) * messageUs + syncUs;
  const unansweredUs = shared ? config.callTimeoutUs * slow + messageUs + syncUs : 0;
  let calledUs = recordedUs;
  for (let attempts = 0; attempts < config.scheduleUs.length; attempts += 1) {
    calledUs += longestPauseUs(config, attempts) * slow + claimedUs;
    if (calledUs >= awayUs) return calledUs + messageUs;
    calledUs += unansweredUs;
  }
  return Infinity;
}
