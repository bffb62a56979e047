import type { RandomStream } from '../../sim/engine/random.ts';
import type { NotificationConfig } from './config.ts';

type Schedule = Pick<NotificationConfig, 'scheduleUs' | 'callTimeoutUs' | 'jitter' | 'clockDrift'>;

/** The pause before the next call when `attempts` were made; after the last one, before giving up. */
function pauseAfterUs(
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
 * MQ-M1, the convergence window: how long a fact takes from A's commit until B knows it, at most, in true time, when B comes
 * back `awayUs` after the commit and nothing else goes wrong. A call that may still have been too early is followed by the
 * next one, a step later. Infinity: all calls may be too early.
 */
export function convergenceWindowUs(
  config: NotificationConfig,
  awayUs: number,
  messageUs: number,
  syncUs: number,
): number {
  const slow = 1 / (1 - config.clockDrift);
  const shared = config.storage === 'shared';
  // The row is written on the way, and looked at by the next poll; then the attempt is on disk before its call leaves.
  const recordedUs = (shared ? 2 : 1) * (messageUs + syncUs);
  const lookedAtUs = config.pollEveryUs * slow + (shared ? 2 * messageUs : 0) + syncUs;
  const settledUs = shared ? config.callTimeoutUs * slow + messageUs + syncUs : 0;
  let earliestUs = 0;
  let latestUs = recordedUs;
  let windowUs = 0;
  for (const [attempt] of config.scheduleUs.entries()) {
    const sinceUs = attempt === 0 ? latestUs : Math.min(latestUs, awayUs) + settledUs;
    const stepUs = longestPauseUs(config, attempt) * slow + lookedAtUs;
    windowUs = Math.max(windowUs, sinceUs + stepUs + messageUs + syncUs);
    earliestUs += leastSpacingUs(config, attempt);
    if (earliestUs >= awayUs) return Math.ceil(windowUs);
    latestUs += (attempt === 0 ? 0 : settledUs) + stepUs;
  }
  return Infinity;
}
