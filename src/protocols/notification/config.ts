import { ConfigReader } from '../config-reader.ts';
import { ConfigError } from '../protocol.ts';

/** All durations in µs of the node's monotonic clock. */
export interface NotificationConfig {
  readonly publish: 'afterCommit' | 'outbox';
  readonly storage: 'db' | 'memory';
  readonly balance: number;
  readonly stock: number;
  readonly scheduleUs: readonly number[];
  readonly callTimeoutUs: number;
  readonly pollEveryUs: number;
  readonly republishUs: number;
  readonly reconcileEveryUs: number;
  readonly operationTimeoutUs: number;
  readonly attemptTimeoutUs: number;
}

export const configKeys: Readonly<Record<string, string>> = {
  publish:
    'outbox | afterCommit: A repeats the message until the notifier has it, or sends it once after its commit (the seed).',
  storage: 'db | memory: where the notifier keeps what it has to tell.',
  balance: 'What every account of A begins with; those of B begin empty.',
  stock: 'How many pieces the store of B begins with.',
  schedule:
    'Pauses before each call of B; after the last one the notification has failed, with an alert.',
  callTimeout: 'After the last call the notifier waits this long before it gives up.',
  pollEvery: 'How often the notifier looks for due rows.',
  republish: 'How often A repeats an outbox row.',
  reconcileEvery: 'How often B compares itself with A; `0s` never.',
  operationTimeout: 'A client gives up an operation after this.',
  attemptTimeout: 'A client asks again after this, with the same request id.',
};

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): NotificationConfig {
  const read = new ConfigReader('notification', configKeys, input);
  const config: NotificationConfig = {
    publish: read.choice('publish', ['outbox', 'afterCommit']),
    storage: read.choice('storage', ['db', 'memory']),
    balance: read.count('balance', 100, 0),
    stock: read.count('stock', 100, 0),
    scheduleUs: read.durationsUs('schedule', [
      '0s',
      '100ms',
      '200ms',
      '400ms',
      '800ms',
      '1s',
      '2s',
    ]),
    callTimeoutUs: read.durationUs('callTimeout', '200ms'),
    pollEveryUs: read.durationUs('pollEvery', '20ms'),
    republishUs: read.durationUs('republish', '100ms'),
    reconcileEveryUs: read.durationUs('reconcileEvery', '0s'),
    operationTimeoutUs: read.durationUs('operationTimeout', '4s'),
    attemptTimeoutUs: read.durationUs('attemptTimeout', '500ms'),
  };
  if (serverCount !== 3)
    throw new ConfigError(
      'topology',
      `notification has three servers, not ${serverCount}`,
      'name them in this order: A, the notifier, B',
    );
  for (const [key, us] of [
    ['callTimeout', config.callTimeoutUs],
    ['pollEvery', config.pollEveryUs],
    ['republish', config.republishUs],
    ['attemptTimeout', config.attemptTimeoutUs],
  ] as const)
    if (us === 0)
      throw new ConfigError(key, `${key} is over before it begins`, 'write more than 0s');
  return config;
}
