import { refuseEmptyWaits } from './empty-waits.ts';
import { ConfigError } from './protocol.ts';

/** What a coordinator of services and its clients wait for. */
export interface ServiceTimes {
  readonly retryUs: number;
  readonly retryMaxUs: number;
  readonly attemptTimeoutUs: number;
}

/**
 * Refuses a coordinator without services, and waits that cannot work; `more`: other durations that must not be 0, by key.
 * @throws ConfigError with the reason and the fix.
 */
export function refuseUnworkableServices(
  times: ServiceTimes,
  serverCount: number,
  more: Readonly<Record<string, number>> = {},
): void {
  if (serverCount < 2)
    throw new ConfigError(
      'topology',
      'one server is a coordinator without services',
      'give the topology at least two servers: the first coordinates, the others are services',
    );
  refuseEmptyWaits({ ...more, retry: times.retryUs, attemptTimeout: times.attemptTimeoutUs });
  if (times.retryMaxUs < times.retryUs)
    throw new ConfigError(
      'retryMax',
      'the longest time between two repetitions is shorter than the first',
      'write at least retry',
    );
}
