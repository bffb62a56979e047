import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { initialAmount } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { NotificationConfig } from './config.ts';
import type { Balance, Call, Fact, NotificationMessage, Read, ReconcileReply } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import type { ReceiverRecord } from './records.ts';

/** Service B, or one of several: applies what is newer than what it has, and may ask A for everything. */
export class Receiver extends LoggedNode<ReceiverRecord> {
  protected readonly config: NotificationConfig;
  protected readonly source: NodeId;
  protected readonly observer: NotificationObserver | null;
  readonly versions = new Map<string, number>();
  readonly drift = new Map<string, number>();

  constructor(
    env: NodeEnv,
    config: NotificationConfig,
    source: NodeId,
    observer: NotificationObserver | null,
  ) {
    super(env, observer?.receiverLog(env.id) ?? null);
    this.config = config;
    this.source = source;
    this.observer = observer;
  }

  protected override replay(records: readonly ReceiverRecord[]): void {
    this.versions.clear();
    this.drift.clear();
    for (const record of records) this.#do(record);
    this.observer?.amounts(this.env.id, this.drift);
  }

  protected override resume(): void {
    this.#scheduleReconcile();
  }

  protected override receive(from: NodeId, message: Message, replyTo: number): void {
    if (message.type === 'Read') {
      const version = this.versions.get((message as Read).key) ?? 0;
      this.env.reply(from, replyTo, { type: 'ReadReply', version });
    } else if (message.type === 'Call') this.#called(from, message as Call);
    else if (message.type === 'ReconcileReply')
      for (const fact of (message as ReconcileReply).facts) this.#apply(fact);
    else if (message.type === 'Balance') {
      const { account } = message as Balance;
      const amount = initialAmount(account, 0, this.config.stock) + (this.drift.get(account) ?? 0);
      this.env.reply(from, replyTo, { type: 'BalanceReply', amount });
    }
  }

  protected override timeout(purpose: string): void {
    if (purpose !== 'reconcile') return;
    this.transmit(this.source, { type: 'Reconcile' });
    this.#scheduleReconcile();
  }

  #scheduleReconcile(): void {
    if (this.config.reconcileEveryUs > 0)
      this.env.setTimer('reconcile', this.config.reconcileEveryUs);
  }

  #called(from: NodeId, call: Call): void {
    const { key, version, effect } = call;
    this.#apply({ key, version, effect });
    this.beforeAck(() => {
      this.transmit(from, { type: 'CallAck', key, version, effect: [] });
    });
  }

  #apply(fact: Fact): void {
    if (!this.isNews(fact)) return;
    const record: ReceiverRecord = { kind: 'applied', ...fact };
    this.#do(record);
    this.log.append(record);
    this.observer?.amounts(this.env.id, this.drift);
  }

  /** One local transaction: the version and what follows from it. */
  #do({ key, version, effect }: Fact): void {
    this.versions.set(key, version);
    for (const { account, delta } of effect)
      this.drift.set(account, (this.drift.get(account) ?? 0) + delta);
  }

  /** An old notification that comes late is no news. */
  protected isNews({ key, version }: Fact): boolean {
    return version > (this.versions.get(key) ?? 0);
  }

  protected beforeAck(then: () => void): void {
    this.log.force(then);
  }

  protected transmit(to: NodeId, message: NotificationMessage): void {
    this.observer?.sending(this.env.id, message);
    this.env.send(to, message);
  }
}
