import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { initialAmount } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { MessagingConfig } from './config.ts';
import type { Consumed, Credit, Deliver, MessagingMessage, Read } from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { ConsumerRecord } from './records.ts';

/** Credits to this account always fail at B: a poison message. */
export const CLOSED_ACCOUNT = 'closed';

const CLEAN_EVERY_US = 1_000_000;

/** Service B: each message takes effect once, because the inbox row and the effect are one local transaction. */
export class Consumer extends LoggedNode<ConsumerRecord> {
  protected readonly config: MessagingConfig;
  protected readonly broker: NodeId;
  protected readonly observer: MessagingObserver | null;
  readonly drift = new Map<string, number>();
  readonly inbox = new Map<string, ConsumerRecord['kind']>();
  readonly #writtenUs = new Map<string, number>();

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    broker: NodeId,
    observer: MessagingObserver | null,
  ) {
    super(env, observer?.consumerLog(env.id) ?? null);
    this.config = config;
    this.broker = broker;
    this.observer = observer;
  }

  protected override replay(records: readonly ConsumerRecord[]): void {
    for (const state of [this.drift, this.inbox, this.#writtenUs]) state.clear();
    for (const record of records) this.#do(record);
    this.observer?.amounts('consumer', this.drift);
  }

  protected override resume(): void {
    this.env.setTimer('clean', CLEAN_EVERY_US);
  }

  #do({ kind, key, credit }: ConsumerRecord): void {
    this.inbox.set(key, kind);
    // Rows found on disk count from the restart.
    this.#writtenUs.set(key, this.env.monotonicUs());
    if (kind === 'credited')
      for (const { account, delta } of credit)
        this.drift.set(account, (this.drift.get(account) ?? 0) + delta);
  }

  protected write(record: ConsumerRecord): void {
    this.#do(record);
    this.log.append(record);
    this.observer?.amounts('consumer', this.drift);
  }

  protected override receive(from: NodeId, message: Message, replyTo: number): void {
    if (message.type === 'Deliver') this.consume(message as Deliver);
    else if (message.type === 'Read') {
      const amount = this.#amount((message as Read).account);
      this.env.reply(from, replyTo, { type: 'ReadReply', amount });
    }
  }

  /** B's accounts begin empty, its store is full. */
  #amount(account: string): number {
    return initialAmount(account, 0, this.config.stock) + (this.drift.get(account) ?? 0);
  }

  protected override timeout(purpose: string): void {
    if (purpose !== 'clean') return;
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
  protected consume(message: Deliver): void {
    if (this.seen(message)) this.acknowledge(message.key);
    else this.carryOut(message);
  }

  /** Inbox row and effect together; a failure is told, and comes again by the retry table. */
  protected carryOut({ key, credit, attempt }: Deliver): void {
    if (this.accepts(credit)) this.write({ kind: 'credited', key, credit });
    else if (attempt < this.config.retryTableUs.length) {
      this.answer(key, 'failed');
      return;
    } else this.refuse(key, credit);
    this.acknowledge(key);
  }

  protected acknowledge(key: string): void {
    const result = this.inbox.get(key) === 'refused' ? 'refused' : 'done';
    this.beforeAck(() => {
      this.answer(key, result);
    });
  }

  /** A repeated message is known by its business key, whatever the broker numbers it. */
  protected seen({ key }: Deliver): boolean {
    return this.inbox.has(key);
  }

  protected accepts(credit: Credit): boolean {
    return credit.every(
      ({ account, delta }) =>
        account !== CLOSED_ACCOUNT && (delta >= 0 || this.#amount(account) + delta >= 0),
    );
  }

  /** Given up for good: a later delivery must find that too, for A may have taken it back. */
  protected refuse(key: string, credit: Deliver['credit']): void {
    this.write({ kind: 'refused', key, credit });
  }

  protected beforeAck(then: () => void): void {
    this.log.force(then);
  }

  protected answer(key: string, result: Consumed['result']): void {
    const message: MessagingMessage = { type: 'Consumed', key, result };
    this.observer?.sending(this.env.id, message);
    this.env.send(this.broker, message);
  }
}
