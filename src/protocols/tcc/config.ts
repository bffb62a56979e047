import { ConfigReader } from '../config-reader.ts';
import { ConfigError } from '../protocol.ts';
import { refuseUnworkableServices } from '../service-config.ts';

/** All durations in µs of the node's monotonic clock. */
export interface TccConfig {
  readonly balance: number;
  readonly stock: number;
  readonly tryTimeoutUs: number;
  readonly retryUs: number;
  readonly retryMaxUs: number;
  /** Repetitions of a second phase before a person is alarmed. */
  readonly alertAfter: number;
  readonly fenceRetentionUs: number;
  readonly messageLifetimeUs: number;
  /** Of a hundred local transactions so many fail at their first statement. */
  readonly statementErrorPercent: number;
  readonly operationTimeoutUs: number;
  readonly attemptTimeoutUs: number;
}

export const configKeys: Readonly<Record<string, string>> = {
  balance: 'What every account begins with.',
  stock: 'How many pieces the store begins with.',
  tryTimeout: 'The coordinator waits this long for every Try, then cancels.',
  retry: 'Confirm and Cancel are repeated after this, then after twice as long, for ever.',
  retryMax: 'Longest time between two repetitions.',
  alertAfter:
    'After so many repetitions a person is alarmed (mark `alert`); the repetition goes on.',
  fenceRetention: 'Fence rows of ended branches are kept this long.',
  messageLifetime: 'No message is delivered later than this; fenceRetention must be longer.',
  statementErrorPercent:
    'Of a hundred local transactions of a service so many fail with a database error, are rolled back and not answered.',
  operationTimeout: 'A client gives up an operation after this.',
  attemptTimeout: 'A client asks again after this, with the same request id.',
};

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): TccConfig {
  const read = new ConfigReader('tcc', configKeys, input);
  const config: TccConfig = {
    balance: read.count('balance', 100, 0),
    stock: read.count('stock', 100, 0),
    tryTimeoutUs: read.durationUs('tryTimeout', '200ms'),
    retryUs: read.durationUs('retry', '100ms'),
    retryMaxUs: read.durationUs('retryMax', '800ms'),
    alertAfter: read.count('alertAfter', 3, 1),
    fenceRetentionUs: read.durationUs('fenceRetention', '60m'),
    messageLifetimeUs: read.durationUs('messageLifetime', '60s'),
    statementErrorPercent: read.count('statementErrorPercent', 0, 0, 99),
    operationTimeoutUs: read.durationUs('operationTimeout', '4s'),
    attemptTimeoutUs: read.durationUs('attemptTimeout', '500ms'),
  };
  refuseUnworkableServices(config, serverCount, { tryTimeout: config.tryTimeoutUs });
  if (config.fenceRetentionUs <= config.messageLifetimeUs + config.tryTimeoutUs)
    throw new ConfigError(
      'fenceRetention',
      'a Try may arrive when the row that refuses it is gone: fenceRetention is not longer than messageLifetime and tryTimeout together',
      `write more than ${(config.messageLifetimeUs + config.tryTimeoutUs) / 1_000}ms, or state a shorter messageLifetime`,
    );
  return config;
}
