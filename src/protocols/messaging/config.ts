import { ConfigReader } from '../config-reader.ts';
import { refuseUnworkable } from './refusals.ts';

/** All durations in µs of the node's monotonic clock. */
export interface MessagingConfig {
  readonly mode: 'half' | 'outbox';
  readonly producers: number;
  readonly instances: number;
  readonly relays: number;
  readonly replicas: number;
  readonly groups: number;
  readonly workers: number;
  readonly queues: number;
  readonly threads: number;
  readonly ordered: boolean;
  readonly replication: 'async' | 'sync';
  readonly replicaTimeoutUs: number;
  readonly alignTimeoutUs: number;
  readonly opBatchUs: number;
  readonly opBatchMax: number;
  readonly pullHoldUs: number;
  readonly pullTimeoutUs: number;
  readonly memberUs: number;
  readonly flush: 'sync' | 'async';
  readonly flushEveryUs: number;
  readonly balance: number;
  readonly stock: number;
  readonly localTxUs: readonly [number, number];
  readonly receipts: boolean;
  readonly claimLeaseUs: number;
  readonly sendTimeoutUs: number;
  readonly sendRetries: number;
  readonly immunityUs: number;
  readonly checkIntervalUs: number;
  readonly checkMax: number;
  readonly retryTableUs: readonly number[];
  readonly onDead: 'alarm' | 'reverse';
  readonly inboxRetentionUs: number;
  readonly messageLifetimeUs: number;
  readonly relayEveryUs: number;
  readonly operationTimeoutUs: number;
  readonly attemptTimeoutUs: number;
}

export const configKeys: Readonly<Record<string, string>> = {
  mode: 'half | outbox: half messages with check-back, or an outbox row and a relay.',
  producers: 'How many services A there are, each with its own accounts.',
  instances: 'How many processes of A share its database; 0: A is one process.',
  relays: 'Outbox mode: how many processes carry rows to the broker; 0: A does it itself.',
  replicas: '0 | 1: whether a replica copies the log of the broker.',
  groups:
    'How many consumer groups there are, each a service with its own database; the first is B.',
  workers: 'How many processes of B share its database; 0: B is one process.',
  queues: 'How many queues the messages are spread over; those of one account of A are in one.',
  threads: 'How many messages of a queue a consumer carries out at the same time.',
  ordered:
    'Whether a queue is carried out one message after the other, and stands still when one fails.',
  replication:
    'async | sync: whether the broker answers before its replica has the message or after.',
  replicaTimeout: 'With synchronous replication: A hears after this that the replica is away.',
  alignTimeout:
    'With asynchronous replication: a restarted broker waits this long for what its replica has.',
  opBatch: 'Ends of half messages are written together this often; 0s: each at once.',
  opBatchMax: 'As many ends are written without waiting for opBatch.',
  pullHold: 'The broker holds a pull this long when there is nothing to read.',
  pullTimeout: 'A consumer pulls again when the broker is silent for this long.',
  memberTimeout: 'Queues of a consumer that is silent for this long go to the others of its group.',
  flush: 'sync | async: whether the broker answers after the disk or before.',
  flushEvery: 'With asynchronous flush: how often the broker syncs.',
  balance: 'What every account of A begins with; those of B begin empty.',
  stock: 'How many pieces the store of B begins with.',
  localTx: 'How long the local transaction of A takes: a duration, or [shortest, longest].',
  receipts: 'Whether B tells A what it has carried out.',
  claimLease: 'A relay may keep the outbox rows it has claimed for this long.',
  sendTimeout: 'A waits this long for the broker to take a half message.',
  sendRetries: 'How often A repeats a half message before it gives the transfer up.',
  immunity: 'A half message younger than this is not checked.',
  checkInterval: 'The broker asks about open half messages this often.',
  checkMax: 'After so many checks without an answer the half message is discarded, with an alert.',
  retryTable:
    'Pauses before each redelivery; after the last one the message is dead, with an alert.',
  onDead: 'alarm | reverse: what follows when B refuses a message for good.',
  inboxRetention: 'B keeps the rows that recognise a repeated message for this long.',
  messageLifetime:
    'Assumed: no message is delivered later than this after it was sent, whatever stands still; inboxRetention must cover it and all redeliveries.',
  relayEvery: 'The outbox relay looks for unsent rows this often.',
  operationTimeout: 'A client gives up an operation after this.',
  attemptTimeout: 'A client asks again after this, with the same key.',
};

/** Completes and checks a `config:` section. Throws {@link ConfigError} when it cannot work. */
export function parseConfig(
  input: Readonly<Record<string, unknown>>,
  serverCount: number,
): MessagingConfig {
  const read = new ConfigReader('messaging', configKeys, input);
  const config: MessagingConfig = {
    mode: read.choice('mode', ['half', 'outbox']),
    producers: read.count('producers', 1, 1, 4),
    instances: read.count('instances', 0, 0, 4),
    relays: read.count('relays', 0, 0, 4),
    replicas: read.count('replicas', 0, 0, 1),
    groups: read.count('groups', 1, 1, 4),
    workers: read.count('workers', 0, 0, 8),
    queues: read.count('queues', 2, 1, 16),
    threads: read.count('threads', 4, 1, 64),
    ordered: read.flag('ordered', false),
    replication: read.choice('replication', ['async', 'sync']),
    replicaTimeoutUs: read.durationUs('replicaTimeout', '80ms'),
    alignTimeoutUs: read.durationUs('alignTimeout', '500ms'),
    opBatchUs: read.durationUs('opBatch', '0s'),
    opBatchMax: read.count('opBatchMax', 16, 1),
    pullHoldUs: read.durationUs('pullHold', '500ms'),
    pullTimeoutUs: read.durationUs('pullTimeout', '1s'),
    memberUs: read.durationUs('memberTimeout', '2s'),
    flush: read.choice('flush', ['sync', 'async']),
    flushEveryUs: read.durationUs('flushEvery', '500ms'),
    balance: read.count('balance', 100, 0),
    stock: read.count('stock', 100, 0),
    localTxUs: read.rangeUs('localTx', ['10ms', '10ms']),
    receipts: read.flag('receipts', false),
    claimLeaseUs: read.durationUs('claimLease', '1s'),
    sendTimeoutUs: read.durationUs('sendTimeout', '100ms'),
    sendRetries: read.count('sendRetries', 2, 0),
    immunityUs: read.durationUs('immunity', '300ms'),
    checkIntervalUs: read.durationUs('checkInterval', '500ms'),
    checkMax: read.count('checkMax', 15, 1),
    retryTableUs: read.durationsUs('retryTable', [
      '50ms',
      '100ms',
      '200ms',
      '400ms',
      '800ms',
      '1s',
      '1s',
      '2s',
      '2s',
      '2s',
    ]),
    onDead: read.choice('onDead', ['alarm', 'reverse']),
    inboxRetentionUs: read.durationUs('inboxRetention', '60m'),
    messageLifetimeUs: read.durationUs('messageLifetime', '60s'),
    relayEveryUs: read.durationUs('relayEvery', '100ms'),
    operationTimeoutUs: read.durationUs('operationTimeout', '4s'),
    attemptTimeoutUs: read.durationUs('attemptTimeout', '500ms'),
  };
  refuseUnworkable(config, serverCount);
  return config;
}
