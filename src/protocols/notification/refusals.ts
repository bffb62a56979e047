import { refuseEmptyWaits } from '../empty-waits.ts';
import { ConfigError } from '../protocol.ts';
import type { NotificationConfig } from './config.ts';
import { holdUs } from './schedule.ts';
import { serverCountOf } from './roles.ts';

/** What no notification service can work with. @throws ConfigError with the place, the reason and the fix */
export function refuseUnworkable(config: NotificationConfig, serverCount: number): void {
  refuseEmptyWaits({
    callTimeout: config.callTimeoutUs,
    claimLease: config.claimLeaseUs,
    pollEvery: config.pollEveryUs,
    republish: config.republishUs,
    operationTimeout: config.operationTimeoutUs,
    attemptTimeout: config.attemptTimeoutUs,
  });
  refuseRepetitionsWithoutPause(config);
  refuseSeparateTables(config);
  refuseShortLease(config);
  refuseOtherTopology(config, serverCount);
}

/** A schedule such as [15s, 0s] ends in the moment in which it begins. */
function refuseRepetitionsWithoutPause({ scheduleUs }: NotificationConfig): void {
  const at = scheduleUs.findIndex((pauseUs, index) => index > 0 && pauseUs === 0);
  if (at > 0)
    throw new ConfigError(
      'schedule',
      `call ${at + 1} comes without a pause after call ${at}: it tells B nothing that the call before it does not, and a B that is away is still away`,
      'write 0s only before the first call, for example [0s, 15s, 30s]',
    );
}

function refuseSeparateTables({ notifiers, storage }: NotificationConfig): void {
  if (notifiers > 1 && storage !== 'shared')
    throw new ConfigError(
      'notifiers',
      `${notifiers} notifiers with a table each: what one has told, or claimed, the others do not know`,
      'write `storage: shared`, and a database after A in the topology',
    );
}

function refuseShortLease(config: NotificationConfig): void {
  if (config.storage !== 'shared' || holdUs(config) > config.callTimeoutUs) return;
  const { callTimeoutUs, clockDrift } = config;
  const leastUs = Math.ceil((callTimeoutUs * (1 + clockDrift)) / (1 - clockDrift)) + 1_000;
  throw new ConfigError(
    'claimLease',
    `a claim of ${config.claimLeaseUs / 1_000}ms may run out while its call is still waited for: callTimeout is ${callTimeoutUs / 1_000}ms, and clocks may be wrong by ${clockDrift * 100}%`,
    `write at least ${Math.ceil(leastUs / 1_000)}ms, or a shorter callTimeout`,
  );
}

function refuseOtherTopology(config: NotificationConfig, serverCount: number): void {
  const count = serverCountOf(config);
  if (serverCount === count) return;
  const { notifiers, receivers, storage } = config;
  const order = [
    'A',
    ...(storage === 'shared' ? ['the database'] : []),
    notifiers === 1 ? 'the notifier' : `the ${notifiers} notifiers`,
    receivers === 1 ? 'B' : `the ${receivers} receivers`,
  ];
  throw new ConfigError(
    'topology',
    `notification has ${count} servers with this configuration, not ${serverCount}`,
    `name them in this order: ${order.join(', ')}`,
  );
}
