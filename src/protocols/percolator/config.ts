import { ConfigReader } from '../config-reader.ts';
import { refuseEmptyWaits } from '../empty-waits.ts';
import { ConfigError } from '../protocol.ts';

/** All durations in µs of the node's monotonic clock. */
export interface PercolatorConfig {
  readonly balance: number;
  readonly stock: number;
  readonly ttlUs: number;
  readonly sweepEveryUs: number;
  readonly window: number;
  readonly operationTimeoutUs: number;
  readonly attemptTimeoutUs: number;
}

export const configKeys: Readonly<Record<string, string>> = {
  balance: 'What every account begins with.',
  stock: 'How many pieces the store begins with.',
  ttl: 'Others may end a transaction whose primary lock is older than this.',
  sweepEvery: 'A store looks this often for locks that nobody has come back for.',
  window: 'How many timestamps the oracle reserves with one forced write.',
  operationTimeout: 'A client gives up an operation after this.',
  attemptTimeout: 'A client asks again after this.',
};

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): PercolatorConfig {
  const read = new ConfigReader('percolator', configKeys, input);
  const config: PercolatorConfig = {
    balance: read.count('balance', 100, 0),
    stock: read.count('stock', 100, 0),
    ttlUs: read.durationUs('ttl', '800ms'),
    sweepEveryUs: read.durationUs('sweepEvery', '500ms'),
    window: read.count('window', 100, 1),
    operationTimeoutUs: read.durationUs('operationTimeout', '4s'),
    attemptTimeoutUs: read.durationUs('attemptTimeout', '200ms'),
  };
  if (serverCount < 2)
    throw new ConfigError(
      'topology',
      'percolator without stores has nothing to keep',
      'name at least two servers: the timestamp oracle first, then the stores',
    );
  refuseEmptyWaits({
    sweepEvery: config.sweepEveryUs,
    attemptTimeout: config.attemptTimeoutUs,
  });
  if (config.ttlUs <= config.attemptTimeoutUs)
    throw new ConfigError(
      'ttl',
      'ttl is not longer than attemptTimeout: one lost message would cost a client its transaction',
      `write more than ${config.attemptTimeoutUs / 1_000}ms`,
    );
  return config;
}
