import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { Change as BankChange } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { NotificationConfig } from './config.ts';
import type { Balance, Change, Fact, NotificationMessage, PublishAck } from './messages.ts';
import { nameOf } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import { receiverOf, type Roles } from './roles.ts';
import type { SourceRecord } from './records.ts';

/** Service A: changes its state and has it told to the receivers. */
export class Source extends LoggedNode<SourceRecord> {
  protected readonly config: NotificationConfig;
  protected readonly roles: Roles;
  protected readonly observer: NotificationObserver | null;
  /** The latest fact of each key. */
  readonly facts = new Map<string, Fact>();
  readonly drift = new Map<string, number>();
  readonly #requests = new Map<string, number>();
  /** Facts on disk that no notifier has yet, as far as A knows. */
  readonly #unpublished = new Map<string, Fact>();
  #turn = 0;

  constructor(
    env: NodeEnv,
    config: NotificationConfig,
    roles: Roles,
    observer: NotificationObserver | null,
  ) {
    super(env, observer?.sourceLog() ?? null);
    this.config = config;
    this.roles = roles;
    this.observer = observer;
  }

  protected override replay(records: readonly SourceRecord[]): void {
    for (const state of [this.facts, this.drift, this.#requests, this.#unpublished]) state.clear();
    for (const { kind, key, version, effect, request, debit } of records) {
      const fact = { key, version, effect };
      if (kind === 'published') this.#unpublished.delete(nameOf(fact));
      else {
        this.facts.set(key, fact);
        this.#move(debit);
        this.#requests.set(request, version);
        this.#unpublished.set(nameOf(fact), fact);
      }
    }
    this.observer?.amounts(this.env.id, this.drift);
  }

  protected override resume(): void {
    if (this.config.publish === 'outbox') this.#republish();
  }

  protected override receive(from: NodeId, message: Message, replyTo: number): void {
    if (message.type === 'Change') this.#change(from, message as Change, replyTo);
    else if (message.type === 'PublishAck') this.#published(message as PublishAck);
    else if (message.type === 'Reconcile') {
      const facts = [...this.facts.values()];
      const own = facts.filter((fact) => receiverOf(fact, this.roles.receivers) === from);
      this.transmit(from, { type: 'ReconcileReply', facts: own });
    } else if (message.type === 'Balance') {
      const amount = this.#amount((message as Balance).account);
      this.env.reply(from, replyTo, { type: 'BalanceReply', amount });
    }
  }

  protected override timeout(purpose: string): void {
    if (purpose === 'republish') this.#republish();
  }

  #amount(account: string): number {
    return this.config.balance + (this.drift.get(account) ?? 0);
  }

  #move(debit: readonly BankChange[]): void {
    for (const { account, delta } of debit)
      this.drift.set(account, (this.drift.get(account) ?? 0) + delta);
  }

  /** One local transaction: A's own part and the fact. */
  #change(from: NodeId, change: Change, replyTo: number): void {
    const { key, request, debit, effect } = change;
    const known = this.#requests.get(request);
    const covered = debit.every(
      ({ account, delta }) => delta >= 0 || this.#amount(account) + delta >= 0,
    );
    if (known === undefined && !covered) {
      this.env.reply(from, replyTo, { type: 'ChangeReply', version: 0 });
      return;
    }
    const version = known ?? (this.facts.get(key)?.version ?? 0) + 1;
    const fact = { key, version, effect };
    if (known === undefined) {
      this.facts.set(key, fact);
      this.#requests.set(request, version);
      this.#move(debit);
      this.log.append({ kind: 'fact', ...fact, request, debit });
      this.observer?.amounts(this.env.id, this.drift);
    }
    this.log.force(() => {
      this.env.mark('committed', { key, version });
      this.env.reply(from, replyTo, { type: 'ChangeReply', version });
      if (known === undefined) this.#publish(fact);
    });
  }

  #publish(fact: Fact): void {
    this.#unpublished.set(nameOf(fact), fact);
    this.#offer(fact);
  }

  /** To one notifier after the other: one that is away must not be asked for ever. */
  #offer(fact: Fact): void {
    const { notifiers } = this.roles;
    const notifier = notifiers[this.#turn % notifiers.length]!;
    this.#turn += 1;
    this.transmit(notifier, { type: 'Publish', ...fact });
  }

  /** The outbox: rows are sent until a notifier has them. */
  #republish(): void {
    for (const fact of this.#unpublished.values()) this.#offer(fact);
    this.env.setTimer('republish', this.config.republishUs);
  }

  #published(ack: PublishAck): void {
    const fact = this.#unpublished.get(nameOf(ack));
    if (fact === undefined) return;
    this.#unpublished.delete(nameOf(ack));
    this.log.append({ kind: 'published', ...fact, request: '', debit: [] });
  }

  protected transmit(to: NodeId, message: NotificationMessage): void {
    this.observer?.sending(this.env.id, message);
    this.env.send(to, message);
  }
}
