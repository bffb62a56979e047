import { ConfigReader } from '../config-reader.ts';
import { refuseUnworkableServices } from '../service-config.ts';

/** All durations in µs of the node's monotonic clock. */
export interface SagaConfig {
  readonly balance: number;
  readonly stock: number;
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
    retryUs: read.durationUs('retry', '100ms'),
    retryMaxUs: read.durationUs('retryMax', '800ms'),
    alertAfter: read.count('alertAfter', 3, 1),
    operationTimeoutUs: read.durationUs('operationTimeout', '4s'),
    attemptTimeoutUs: read.durationUs('attemptTimeout', '500ms'),
  };
  refuseUnworkableServices(config, serverCount);
  return config;
}
