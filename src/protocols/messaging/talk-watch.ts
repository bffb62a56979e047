import type { NodeId } from '../../sim/engine/env.ts';
import type { Judge } from '../judge.ts';
import type { MessagingConfig } from './config.ts';
import type { Delivery, MessagingMessage, Result } from './messages.ts';

/** What is on the disks, asked by the names of records. */
export interface Disks {
  producer(node: NodeId, record: string): boolean;
  broker(record: string): boolean;
  replica(record: string): boolean;
  consumer(node: NodeId, record: string): boolean;
}

/** Durable before talk: judged at the very message. */
export class TalkWatch {
  readonly #judge: Judge;
  readonly #config: MessagingConfig;
  readonly #disks: Disks;

  constructor(judge: Judge, config: MessagingConfig, disks: Disks) {
    this.#judge = judge;
    this.#config = config;
    this.#disks = disks;
  }

  sending(from: NodeId, message: MessagingMessage): void {
    const { type } = message;
    if (type === 'EndTx' && message.verdict === 'commit')
      this.#producer(from, type, `debit:${message.key}`);
    else if (type === 'Reversed') this.#producer(from, type, `reversed:${message.key}`);
    else if (type === 'Receipt') {
      if (!this.#disks.consumer(from, `credited:${message.key}`))
        this.#violated(from, `sends ${type} ${message.key}`);
    } else if (type === 'ReceiptReply') this.#producer(from, type, `receipt:${message.id}`);
    else if (type === 'SendReply') this.#broker(from, type, `message:${message.key}`);
    else if (type === 'SendHalfReply' && message.status === 'stored')
      this.#broker(from, type, `half:${message.half}`);
  }

  /** The database says that a message is done, or given up. */
  applied(node: NodeId, { content: { key } }: Delivery, result: Result): void {
    if (result === 'failed') return;
    const record = `${result === 'done' ? 'credited' : 'refused'}:${key}`;
    if (!this.#disks.consumer(node, record)) this.#violated(node, `answers ${record}`);
  }

  #producer(from: NodeId, type: string, record: string): void {
    if (!this.#disks.producer(from, record)) this.#violated(from, `sends ${type} ${record}`);
  }

  #broker(from: NodeId, type: string, record: string): void {
    if (this.#config.flush === 'sync' && !this.#disks.broker(record))
      this.#violated(from, `sends ${type} ${record}`);
    if (this.#config.replication === 'sync' && !this.#disks.replica(record))
      this.#judge.violated(
        'durable-before-talk',
        [from],
        `${this.#judge.name(from)} sends ${type} ${record}, and its replica does not have that.`,
      );
  }

  #violated(from: NodeId, what: string): void {
    this.#judge.violated(
      'durable-before-talk',
      [from],
      `${this.#judge.name(from)} ${what}, and that is not on its disk.`,
    );
  }
}
