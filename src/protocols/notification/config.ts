import { ConfigReader } from '../config-reader.ts';
import { ConfigError } from '../protocol.ts';
import { refuseUnworkable } from './refusals.ts';

/** All durations in µs of the node's monotonic clock. */
export interface NotificationConfig {
  readonly publish: 'afterCommit' | 'outbox';
  readonly storage: 'db' | 'memory' | 'shared';
  readonly notifiers: number;
  readonly receivers: number;
  readonly balance: number;
  readonly stock: number;
  readonly scheduleUs: readonly number[];
  /** A share: pauses are drawn from (1 - jitter) to (1 + jitter) of what the schedule says. */
  readonly jitter: number;
  /** A share: no clock is further off than this. */
  readonly clockDrift: number;
  readonly callTimeoutUs: number;
  readonly claimLeaseUs: number;
  readonly pollEveryUs: number;
  readonly republishUs: number;
  readonly reconcileEveryUs: number;
  readonly operationTimeoutUs: number;
  readonly attemptTimeoutUs: number;
}

export const configKeys: Readonly<Record<string, string>> = {
  publish:
    'outbox | afterCommit: A repeats the message until a notifier has it, or sends it once after its commit (the seed).',
  storage:
    'db | memory | shared: a notifier keeps what it has to tell on its own disk, in memory, or in a database of its own node that all notifiers share.',
  notifiers: 'How many notifiers, 1 to 3; more than one need `storage: shared`.',
  receivers: 'How many services B, 1 to 4; each is told its own keys.',
  balance: 'What every account of A begins with; those of B begin empty.',
  stock: 'How many pieces the store of B begins with.',
  schedule:
    'Pauses before each call of B; after the last one the notification has failed, with an alert.',
  jitter:
    'By which share of itself a pause may be shorter or longer, from 0 to less than 1; default 0.1.',
  clockDrift:
    'By which share clocks may run wrong, from 0 to less than 1; default 0.1. Claims are used for so much less than their lease.',
  callTimeout:
    'A notifier waits this long for an answer of B or of the database, and after the last call before it gives up.',
  claimLease:
    'With `storage: shared`: for how long a row belongs to the notifier that claimed it, by the clock of the database.',
  pollEvery: 'How often a notifier looks for due rows.',
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
    storage: read.choice('storage', ['db', 'memory', 'shared']),
    notifiers: read.count('notifiers', 1, 1, 3),
    receivers: read.count('receivers', 1, 1, 4),
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
    jitter: share('jitter', read.value('jitter'), 0.1),
    clockDrift: share('clockDrift', read.value('clockDrift'), 0.1),
    callTimeoutUs: read.durationUs('callTimeout', '200ms'),
    claimLeaseUs: read.durationUs('claimLease', '1s'),
    pollEveryUs: read.durationUs('pollEvery', '20ms'),
    republishUs: read.durationUs('republish', '100ms'),
    reconcileEveryUs: read.durationUs('reconcileEvery', '0s'),
    operationTimeoutUs: read.durationUs('operationTimeout', '4s'),
    attemptTimeoutUs: read.durationUs('attemptTimeout', '500ms'),
  };
  refuseUnworkable(config, serverCount);
  return config;
}

function share(key: string, value: unknown, preset: number): number {
  const read = value ?? preset;
  if (typeof read === 'number' && read >= 0 && read < 1) return read;
  throw new ConfigError(
    key,
    `${key} is ${JSON.stringify(read)}, not a share from 0 to less than 1`,
    `write a number such as ${preset}`,
  );
}
