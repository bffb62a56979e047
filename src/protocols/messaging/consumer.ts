import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { initialAmount } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { MessagingConfig } from './config.ts';
import type {
  Apply,
  Credit,
  Delivery,
  MessagingMessage,
  PullReply,
  Read,
  ReceiptReply,
  Result,
  SendBackReply,
} from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { Puller, PullerHost } from './puller.ts';
import type { ConsumerRecord, Content } from './records.ts';

/** Credits to this account always fail at B: a poison message. */
export const CLOSED_ACCOUNT = 'closed';

const CLEAN_EVERY_US = 1_000_000;

/**
 * The database of a consumer group's service: each message takes effect once, because the inbox row and the effect are one
 * local transaction. Without workers it is the group's only process too, and pulls by itself.
 */
export class Consumer extends LoggedNode<ConsumerRecord> implements PullerHost {
  readonly config: MessagingConfig;
  protected readonly observer: MessagingObserver | null;
  readonly #pullerOf: ((host: PullerHost) => Puller) | null;
  #puller: Puller | null = null;
  readonly drift = new Map<string, number>();
  readonly inbox = new Map<string, 'credited' | 'refused'>();
  readonly #writtenUs = new Map<string, number>();
  /** Receipts that A has not booked yet: what B publishes is part of its local transaction. */
  readonly #receipts = new Map<string, { readonly producer: NodeId; readonly key: string }>();

  /** `pullerOf`: null when workers pull. */
  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    pullerOf: ((host: PullerHost) => Puller) | null,
    observer: MessagingObserver | null,
  ) {
    super(env, observer?.consumerLog(env.id) ?? null);
    this.config = config;
    this.observer = observer;
    this.#pullerOf = pullerOf;
  }

  protected override replay(records: readonly ConsumerRecord[]): void {
    for (const state of [this.drift, this.inbox, this.#writtenUs, this.#receipts]) state.clear();
    for (const record of records) this.#do(record);
    this.observer?.amounts(this.env.id, this.drift);
  }

  protected override resume(): void {
    this.env.setTimer('clean', CLEAN_EVERY_US);
    if (this.config.receipts) this.env.setTimer('receipts', this.config.relayEveryUs);
    this.#puller = this.#pullerOf?.(this) ?? null;
    this.#puller?.begin();
  }

  #do(record: ConsumerRecord): void {
    if (record.kind === 'receipted') {
      this.#receipts.delete(record.id);
      return;
    }
    const { kind, key, credit, producer } = record;
    this.inbox.set(key, kind);
    // Rows found on disk count from the restart.
    this.#writtenUs.set(key, this.env.monotonicUs());
    if (kind !== 'credited') return;
    for (const { account, delta } of credit)
      this.drift.set(account, (this.drift.get(account) ?? 0) + delta);
    if (this.config.receipts) this.publish(producer, key, key);
  }

  /** A shall know that `key` is carried out; it is told until it has booked the receipt. */
  protected publish(producer: NodeId, key: string, id: string): void {
    this.#receipts.set(id, { producer, key });
  }

  #tellReceipts(): void {
    this.env.setTimer('receipts', this.config.relayEveryUs);
    const told = [...this.#receipts];
    if (told.length > 0)
      this.log.force(() => {
        for (const [id, { producer, key }] of told)
          this.transmit(producer, { type: 'Receipt', key, id });
      });
  }

  #booked({ id }: ReceiptReply): void {
    const receipt = this.#receipts.get(id);
    if (receipt !== undefined) this.write({ kind: 'receipted', key: receipt.key, id });
  }

  protected write(record: ConsumerRecord): void {
    this.#do(record);
    this.log.append(record);
    this.observer?.amounts(this.env.id, this.drift);
  }

  protected override receive(from: NodeId, message: Message, replyTo: number): void {
    if (message.type === 'PullReply') this.#puller?.pulled(from, message as PullReply);
    else if (message.type === 'SendBackReply') this.#puller?.sentBack(message as SendBackReply);
    else if (message.type === 'ReceiptReply') this.#booked(message as ReceiptReply);
    else if (message.type === 'Apply')
      this.apply((message as Apply).delivery, (result) => {
        this.env.reply(from, replyTo, { type: 'ApplyReply', result });
      });
    else if (message.type === 'Read') {
      const amount = this.#amount((message as Read).account);
      this.env.reply(from, replyTo, { type: 'ReadReply', amount });
    }
  }

  apply(delivery: Delivery, then: (result: Result) => void): void {
    this.consume(delivery, (result) => {
      this.observer?.applied(this.env.id, delivery, result);
      then(result);
    });
  }

  transmit(to: NodeId, message: MessagingMessage): void {
    this.observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }

  /** B's accounts begin empty, its store is full. */
  #amount(account: string): number {
    return initialAmount(account, 0, this.config.stock) + (this.drift.get(account) ?? 0);
  }

  protected override timeout(purpose: string, subject: string): void {
    if (this.#puller?.timeout(purpose, subject) === true) return;
    if (purpose === 'receipts') this.#tellReceipts();
    else if (purpose === 'clean') this.#clean();
  }

  #clean(): void {
    const oldUs = this.env.monotonicUs() - this.retentionUs();
    for (const [key, writtenUs] of this.#writtenUs)
      if (writtenUs < oldUs) {
        this.#writtenUs.delete(key);
        this.inbox.delete(key);
      }
    this.env.setTimer('clean', CLEAN_EVERY_US);
  }

  /** Longer than any message may come again. */
  protected retentionUs(): number {
    return this.config.inboxRetentionUs;
  }

  /** The inbox is asked in the same step that writes into it: nothing comes between. */
  protected consume(delivery: Delivery, then: (result: Result) => void): void {
    if (this.seen(delivery)) this.confirm(delivery.content.key, then);
    else this.carryOut(delivery, then);
  }

  /** Inbox row and effect together; a failure is told, and comes again by the retry table. */
  protected carryOut({ content, attempt }: Delivery, then: (result: Result) => void): void {
    const { key, credit, producer } = content;
    if (this.accepts(credit)) this.write({ kind: 'credited', key, credit, producer });
    else if (attempt <= this.config.retryTableUs.length) {
      then('failed');
      return;
    } else this.refuse(content);
    this.confirm(key, then);
  }

  protected confirm(key: string, then: (result: Result) => void): void {
    const result = this.inbox.get(key) === 'credited' ? 'done' : 'refused';
    this.beforeAnswer(() => {
      then(result);
    });
  }

  /** A repeated message is known by its business key, whatever the broker numbers it. */
  protected seen({ content }: Delivery): boolean {
    return this.inbox.has(content.key);
  }

  protected accepts(credit: Credit): boolean {
    return credit.every(
      ({ account, delta }) =>
        account !== CLOSED_ACCOUNT && (delta >= 0 || this.#amount(account) + delta >= 0),
    );
  }

  /** Given up for good: a later delivery must find that too, for A may have taken it back. */
  protected refuse({ key, credit, producer }: Content): void {
    this.write({ kind: 'refused', key, credit, producer });
  }

  protected beforeAnswer(then: () => void): void {
    this.log.force(then);
  }
}
