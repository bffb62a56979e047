import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import type { MessagingConfig } from './config.ts';
import type { Consumed, Credit, EndTx, MessagingMessage, ToBroker } from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { BrokerRecord } from './records.ts';

export interface Half {
  readonly credit: Credit;
  bornUs: number;
  checks: number;
}
interface Queued {
  readonly credit: Credit;
  attempts: number;
}

const REVERSE_AGAIN_US = 200_000;

/** The broker: half messages and how they end, check-back, delivery with a retry table, dead letters. */
export class Broker extends LoggedNode<BrokerRecord> {
  protected readonly config: MessagingConfig;
  protected readonly producer: NodeId;
  protected readonly consumer: NodeId;
  protected readonly observer: MessagingObserver | null;
  readonly halves = new Map<string, Half>();
  /** How half messages ended. */
  readonly ended = new Map<string, 'committed' | 'rolledBack' | 'discarded'>();
  readonly queue = new Map<string, Queued>();
  readonly toReverse = new Set<string>();
  /** Every key that ever was a message. */
  protected readonly known = new Set<string>();

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    producer: NodeId,
    consumer: NodeId,
    observer: MessagingObserver | null,
  ) {
    super(env, observer?.brokerLog(env.id) ?? null);
    this.config = config;
    this.producer = producer;
    this.consumer = consumer;
    this.observer = observer;
  }

  protected override replay(records: readonly BrokerRecord[]): void {
    for (const state of [this.halves, this.ended, this.queue, this.toReverse, this.known])
      state.clear();
    for (const record of records) this.#do(record);
  }

  #do(record: BrokerRecord): void {
    const { kind, key } = record;
    if (kind === 'half')
      this.halves.set(key, { credit: record.credit, bornUs: this.env.monotonicUs(), checks: 0 });
    else if (kind === 'message') {
      this.queue.set(key, { credit: record.credit, attempts: 0 });
      this.known.add(key);
    } else if (kind === 'committed' || kind === 'rolledBack' || kind === 'discarded') {
      this.halves.delete(key);
      this.ended.set(key, kind);
    } else {
      this.queue.delete(key);
      if (kind === 'toReverse') this.toReverse.add(key);
      else this.toReverse.delete(key);
    }
  }

  protected write(record: BrokerRecord): void {
    this.#do(record);
    this.log.append(record);
  }

  protected override resume(): void {
    for (const key of this.queue.keys()) this.#deliver(key);
    for (const key of this.toReverse) this.#askToReverse(key);
    this.env.setTimer('check', this.config.checkIntervalUs);
    if (this.config.flush === 'async') this.env.setTimer('flush', this.config.flushEveryUs);
  }

  protected override receive(from: NodeId, received: Message): void {
    const message = received as ToBroker;
    switch (message.type) {
      case 'SendHalf':
        this.#storeHalf(message.key, message.credit);
        break;
      case 'Send':
        this.#store(from, message.key, message.credit);
        break;
      case 'EndTx':
        this.#endTx(message);
        break;
      case 'Consumed':
        this.#consumed(message);
        break;
      case 'Reversed':
        if (this.toReverse.has(message.key)) this.write({ kind: 'reversed', key: message.key });
        break;
    }
  }

  protected override timeout(purpose: string, key: string): void {
    if (purpose === 'check') {
      this.checkBack();
      this.env.setTimer('check', this.config.checkIntervalUs);
    } else if (purpose === 'flush') {
      this.log.force(() => undefined);
      this.env.setTimer('flush', this.config.flushEveryUs);
    } else if (purpose === 'deliver' && this.queue.has(key)) this.#deliver(key);
    else if (purpose === 'reverse' && this.toReverse.has(key)) this.#askToReverse(key);
  }

  #storeHalf(key: string, credit: Credit): void {
    if (this.ended.has(key)) return;
    if (!this.halves.has(key)) this.write({ kind: 'half', key, credit });
    this.flushed(() => {
      this.transmit(this.producer, { type: 'SendHalfReply', key });
    });
  }

  #store(from: NodeId, key: string, credit: Credit): void {
    if (!this.known.has(key)) this.write({ kind: 'message', key, credit });
    this.flushed(() => {
      this.transmit(from, { type: 'SendReply', key });
      this.#deliver(key);
    });
  }

  /** `SYNC_FLUSH`: what is answered is on disk. `ASYNC_FLUSH`: it will be. */
  protected flushed(then: () => void): void {
    if (this.config.flush === 'sync') this.log.force(then);
    else then();
  }

  #endTx({ key, verdict }: EndTx): void {
    const half = this.halves.get(key);
    if (half === undefined || verdict === 'unknown') {
      this.lateEnd(key, verdict);
      return;
    }
    this.end(key, half.credit, verdict === 'commit');
  }

  /** The end of a half message is final. */
  protected lateEnd(key: string, verdict: EndTx['verdict']): void {
    this.env.log(() => `${verdict} of ${key} changes nothing`);
  }

  /** First the message, then the end of the half: a crash between repeats, and loses nothing. */
  protected end(key: string, credit: Credit, commit: boolean): void {
    if (!commit) {
      this.write({ kind: 'rolledBack', key });
      return;
    }
    this.write({ kind: 'message', key, credit });
    this.write({ kind: 'committed', key });
    this.flushed(() => {
      this.#deliver(key);
    });
  }

  /** Step 4: asks about every half message that is old enough. */
  protected checkBack(): void {
    for (const [key, half] of this.halves) {
      if (this.immune(half)) continue;
      half.checks += 1;
      if (half.checks > this.config.checkMax) this.discard(key);
      else this.transmit(this.producer, { type: 'CheckTx', key });
    }
  }

  /** Too young to be asked about; no check is used up meanwhile. */
  protected immune({ bornUs }: Half): boolean {
    return this.env.monotonicUs() - bornUs < this.config.immunityUs;
  }

  protected discard(key: string): void {
    this.write({ kind: 'discarded', key });
    this.alarm(key, 'nobody says how this half message ended');
  }

  /** A person is told; scenarios and the monitor see it as a mark. */
  protected alarm(key: string, reason: string): void {
    this.observer?.alarmed(key);
    this.env.mark('alert', { key, reason });
  }

  #deliver(key: string): void {
    const queued = this.queue.get(key);
    if (queued === undefined) return;
    const pauseUs = this.config.retryTableUs[queued.attempts];
    if (pauseUs === undefined) {
      this.dead(key, 'no redelivery is left');
      return;
    }
    queued.attempts += 1;
    const { credit, attempts } = queued;
    this.transmit(this.consumer, { type: 'Deliver', key, credit, attempt: attempts });
    this.env.setTimer(`deliver:${key}`, pauseUs);
  }

  protected dead(key: string, reason: string): void {
    this.write({ kind: 'dead', key });
    this.alarm(key, reason);
  }

  /** Steps 5 a to c: done, again by the retry table, or given up: reversed or handed to a person. */
  #consumed({ key, result }: Consumed): void {
    if (!this.queue.has(key) || result === 'failed') return;
    this.env.cancelTimer(`deliver:${key}`);
    if (result === 'done') this.write({ kind: 'consumed', key });
    else if (this.config.onDead === 'alarm') this.dead(key, 'B refuses it');
    else {
      this.write({ kind: 'toReverse', key });
      this.log.force(() => {
        this.#askToReverse(key);
      });
    }
  }

  #askToReverse(key: string): void {
    this.transmit(this.producer, { type: 'Reverse', key });
    this.env.setTimer(`reverse:${key}`, REVERSE_AGAIN_US);
  }

  protected transmit(to: NodeId, message: MessagingMessage): void {
    this.observer?.sending(this.env.id, message);
    this.env.send(to, message);
  }
}
