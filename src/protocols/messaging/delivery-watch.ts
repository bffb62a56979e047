import type { NodeId } from '../../sim/engine/env.ts';
import type { Judge } from '../judge.ts';
import { BrokerState, waitingKey } from './broker-state.ts';
import type { MessagingConfig } from './config.ts';
import type { Delivery, Result, SendBack } from './messages.ts';
import type { BrokerRecord, Entry } from './records.ts';

/** How a message ended at a consumer group, on the disk of its database. */
export type Ended = (group: number, key: string) => boolean;

/** Clocks drift: a pause by the broker's clock may be shorter in true time, at most by this factor. */
const DRIFT_ALLOWED = 0.9;

/**
 * Judges what consumer groups do with the queues: offsets, order, retries. It keeps the broker's state from the broker's own
 * log, and believes no node.
 */
export class DeliveryWatch {
  state: BrokerState;
  readonly #config: MessagingConfig;
  readonly #judge: Judge;
  readonly #broker: NodeId;
  readonly #ended: Ended;
  readonly #nowUs: () => number;
  /** The broker's life that its consumers know; offsets of earlier ones mean other messages. */
  #epoch = -1;
  /** By `group/queue`: offsets below have been found finished. */
  readonly #checkedTo = new Map<string, number>();
  /** By `group/attempt:key`: since when it waits for its attempt, in µs of true time. */
  readonly #waitingSinceUs = new Map<string, number>();
  /** By `group/attempt:key`: this attempt has failed at the database. */
  readonly #failed = new Set<string>();
  /** Where each key stands first. */
  #places = new Map<string, { readonly queue: number; readonly offset: number }>();
  /** By `group/queue`: the furthest place that has had its effect. */
  readonly #furthest = new Map<string, number>();
  redeliveries = 0;

  constructor(
    config: MessagingConfig,
    judge: Judge,
    broker: NodeId,
    ended: Ended,
    nowUs: () => number,
  ) {
    this.#config = config;
    this.#judge = judge;
    this.#broker = broker;
    this.#ended = ended;
    this.#nowUs = nowUs;
    this.state = this.#empty();
  }

  #empty(): BrokerState {
    return new BrokerState(this.#config.queues, this.#config.groups);
  }

  brokerDid(record: BrokerRecord): void {
    if (record.kind === 'waiting' || record.kind === 'again') this.#spaced(record);
    this.#apply(record);
  }

  #spaced({ kind, group, attempt, content }: Extract<BrokerRecord, { attempt: number }>): void {
    const name = nameOf(group, content.key, attempt);
    if (kind === 'waiting') {
      this.#waitingSinceUs.set(name, this.#nowUs());
      return;
    }
    this.redeliveries += 1;
    const elapsedUs = this.#nowUs() - (this.#waitingSinceUs.get(name) ?? 0);
    const pauseUs = this.#config.retryTableUs[attempt - 2] ?? 0;
    if (elapsedUs < pauseUs * DRIFT_ALLOWED)
      this.#judge.violated(
        'retry-spacing',
        [this.#broker],
        `${content.key} is delivered again, as attempt ${attempt}, ${elapsedUs / 1_000} ms after it came back; the retry table says ${pauseUs / 1_000} ms.`,
      );
  }

  #apply(record: BrokerRecord): void {
    this.state.apply(record, 0);
    if (record.kind !== 'message') return;
    const queue = this.state.queueOf(record.content.shardKey);
    const { key } = record.content;
    if (!this.#places.has(key))
      this.#places.set(key, { queue, offset: this.state.queues[queue]!.length - 1 });
  }

  /** The broker has begun another life: everything it says comes from this log. */
  brokerRecovered(entries: readonly Entry[]): void {
    this.state = this.#empty();
    this.#places = new Map();
    this.#epoch = -1;
    this.#checkedTo.clear();
    this.#furthest.clear();
    for (const { record } of entries) this.#apply(record);
  }

  /** The consumers hear of this life of the broker. */
  lives(epoch: number): void {
    this.#epoch = epoch;
  }

  /** `from` reports that its group has finished a queue below `offset`. */
  finished(from: NodeId, group: number, epoch: number, queue: number, offset: number): void {
    if (epoch !== this.#epoch) return;
    const name = `${group}/${queue}`;
    const messages = this.state.queue(group, queue);
    for (let at = this.#checkedTo.get(name) ?? 0; at < offset; at += 1) {
      const queued = messages[at];
      if (queued !== undefined && !this.#isFinished(group, queued.content.key, queued.attempt)) {
        this.#judge.violated(
          'offset-behind-work',
          [from],
          `${this.#judge.name(from)} reports queue ${queue} as finished below ${offset}, and ${queued.content.key} at ${at} is neither on the disk of its database nor sent back.`,
        );
        return;
      }
      this.#checkedTo.set(name, at + 1);
    }
  }

  #isFinished(group: number, key: string, attempt: number): boolean {
    if (this.#ended(group, key)) return true;
    const { dead } = this.state.groups[group]!;
    return (
      this.#waitingSinceUs.has(nameOf(group, key, attempt + 1)) ||
      dead.has(key) ||
      this.state.toReverse.has(key)
    );
  }

  applied(group: number, { attempt, content }: Delivery, result: Result): void {
    if (result === 'failed') this.#failed.add(nameOf(group, content.key, attempt));
  }

  sentBack(from: NodeId, group: number, { epoch, queue, offset, result }: SendBack): void {
    const queued = this.state.queue(group, queue)[offset];
    if (epoch !== this.#epoch || queued === undefined || result !== 'failed') return;
    if (!this.#failed.has(nameOf(group, queued.content.key, queued.attempt)))
      this.#judge.violated(
        'sent-back-when-failed',
        [from],
        `${this.#judge.name(from)} sends ${queued.content.key} back, which has not failed: it comes from its queue and from the retry queue from now on.`,
      );
  }

  /** A message had its effect for the first time. */
  credited(from: NodeId, group: number, key: string): void {
    const place = this.#places.get(key);
    if (!this.#config.ordered || place === undefined) return;
    const name = `${group}/${place.queue}`;
    const furthest = this.#furthest.get(name) ?? -1;
    if (place.offset < furthest)
      this.#judge.violated(
        'queue-order',
        [from],
        `${key} at ${place.offset} of queue ${place.queue} has its effect after the message at ${furthest}.`,
      );
    this.#furthest.set(name, Math.max(furthest, place.offset));
  }

  /** A database has begun another life: effects that were not durable never happened. */
  databaseRecovered(group: number, keys: readonly string[], from: NodeId): void {
    for (const name of [...this.#furthest.keys()])
      if (name.startsWith(`${group}/`)) this.#furthest.delete(name);
    const places = keys.map((key) => ({ key, place: this.#places.get(key) }));
    places.sort((a, b) => (a.place?.offset ?? 0) - (b.place?.offset ?? 0));
    for (const { key } of places) this.credited(from, group, key);
  }
}

/** One attempt of one message at one group. */
function nameOf(group: number, key: string, attempt: number): string {
  return `${group}/${waitingKey(key, attempt)}`;
}
