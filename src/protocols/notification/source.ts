import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import type { NotificationConfig } from './config.ts';
import type { Change, Fact, NotificationMessage, PublishAck } from './messages.ts';
import { nameOf } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import type { SourceRecord } from './records.ts';

/** Service A: changes its state and has it told to B. */
export class Source extends LoggedNode<SourceRecord> {
  protected readonly config: NotificationConfig;
  protected readonly notifier: NodeId;
  protected readonly observer: NotificationObserver | null;
  readonly versions = new Map<string, number>();
  readonly #requests = new Map<string, number>();
  /** Facts on disk that the notifier does not have yet, as far as A knows. */
  readonly #unpublished = new Map<string, Fact>();

  constructor(
    env: NodeEnv,
    config: NotificationConfig,
    notifier: NodeId,
    observer: NotificationObserver | null,
  ) {
    super(env, observer?.sourceLog() ?? null);
    this.config = config;
    this.notifier = notifier;
    this.observer = observer;
  }

  protected override replay(records: readonly SourceRecord[]): void {
    for (const state of [this.versions, this.#requests, this.#unpublished]) state.clear();
    for (const { kind, key, version, request } of records) {
      const fact = { key, version };
      if (kind === 'published') this.#unpublished.delete(nameOf(fact));
      else {
        this.versions.set(key, version);
        this.#requests.set(request, version);
        this.#unpublished.set(nameOf(fact), fact);
      }
    }
  }

  protected override resume(): void {
    if (this.config.publish === 'outbox') this.#republish();
  }

  protected override receive(from: NodeId, message: Message, replyTo: number): void {
    if (message.type === 'Change') this.#change(from, message as Change, replyTo);
    else if (message.type === 'PublishAck') this.#published(message as PublishAck);
    else if (message.type === 'Reconcile') {
      const facts = [...this.versions].map(([key, version]) => ({ key, version }));
      this.transmit(from, { type: 'ReconcileReply', facts });
    }
  }

  protected override timeout(purpose: string): void {
    if (purpose === 'republish') this.#republish();
  }

  #change(from: NodeId, { key, request }: Change, replyTo: number): void {
    const known = this.#requests.get(request);
    const version = known ?? (this.versions.get(key) ?? 0) + 1;
    if (known === undefined) {
      this.versions.set(key, version);
      this.#requests.set(request, version);
      this.log.append({ kind: 'fact', key, version, request });
    }
    this.log.force(() => {
      this.env.mark('committed', { key, version });
      this.env.reply(from, replyTo, { type: 'ChangeReply', version });
      if (known === undefined) this.#publish({ key, version });
    });
  }

  #publish(fact: Fact): void {
    this.#unpublished.set(nameOf(fact), fact);
    this.transmit(this.notifier, { type: 'Publish', ...fact });
  }

  /** The outbox: rows are sent until the notifier has them. */
  #republish(): void {
    for (const fact of this.#unpublished.values())
      this.transmit(this.notifier, { type: 'Publish', ...fact });
    this.env.setTimer('republish', this.config.republishUs);
  }

  #published({ key, version }: PublishAck): void {
    if (this.#unpublished.delete(nameOf({ key, version })))
      this.log.append({ kind: 'published', key, version, request: '' });
  }

  protected transmit(to: NodeId, message: NotificationMessage): void {
    this.observer?.sending(this.env.id, message);
    this.env.send(to, message);
  }
}
