import { ConfigReader } from '../config-reader.ts';
import { ConfigError } from '../protocol.ts';
import { refuseUnworkableServices } from '../service-config.ts';

/** All durations in µs of the node's monotonic clock. */
export interface SagaConfig {
  readonly balance: number;
  readonly stock: number;
  /** How a step is taken back: by a compensation, or by the image of its rows before it (Seata's AT mode). */
  readonly undo: 'compensation' | 'image';
  readonly globalLocks: boolean;
  readonly lockRetryUs: number;
  readonly lockRetries: number;
  readonly fee: number;
  readonly retryUs: number;
  readonly retryMaxUs: number;
  /** Repetitions of a step before a person is alarmed. */
  readonly alertAfter: number;
  readonly operationTimeoutUs: number;
  readonly attemptTimeoutUs: number;
}

export const configKeys: Readonly<Record<string, string>> = {
  balance: 'What every account begins with.',
  stock: 'How many pieces the store begins with.',
  undo: "compensation | image: a step is taken back by an action of its own, or by what its rows were before (Seata's AT mode).",
  globalLocks: 'With undo: image: whether rows stay locked until the whole transaction has ended.',
  lockRetry: 'A row that another transaction has locked is asked for again after this.',
  lockRetries: 'After so many refusals the transaction is taken back.',
  fee: 'With undo: image: what a payer pays to the merchant besides, by a statement of its own.',
  retry: 'A step is repeated after this, then after twice as long, until it is answered.',
  retryMax: 'Longest time between two repetitions.',
  alertAfter:
    'After so many repetitions a person is alarmed (mark `alert`); the repetition goes on.',
  operationTimeout: 'A client gives up an operation after this.',
  attemptTimeout: 'A client asks again after this, with the same request id.',
};

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): SagaConfig {
  const read = new ConfigReader('saga', configKeys, input);
  const config: SagaConfig = {
    balance: read.count('balance', 100, 0),
    stock: read.count('stock', 100, 0),
    undo: read.choice('undo', ['compensation', 'image']),
    globalLocks: read.flag('globalLocks', input['undo'] === 'image'),
    lockRetryUs: read.durationUs('lockRetry', '20ms'),
    lockRetries: read.count('lockRetries', 10, 0),
    fee: read.count('fee', 0, 0),
    retryUs: read.durationUs('retry', '100ms'),
    retryMaxUs: read.durationUs('retryMax', '800ms'),
    alertAfter: read.count('alertAfter', 3, 1),
    operationTimeoutUs: read.durationUs('operationTimeout', '4s'),
    attemptTimeoutUs: read.durationUs('attemptTimeout', '500ms'),
  };
  for (const [key, set] of [
    ['globalLocks', config.globalLocks],
    ['fee', config.fee > 0],
  ] as const)
    if (set && config.undo === 'compensation')
      throw new ConfigError(
        key,
        `${key} belongs to transactions that are taken back by images`,
        `write undo: image, or leave ${key} out`,
      );
  refuseUnworkableServices(config, serverCount, { lockRetry: config.lockRetryUs });
  return config;
}
