import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import { BrokerState } from './broker-state.ts';
import type { MessagingConfig } from './config.ts';
import { deliveriesFor } from './deliveries.ts';
import type { Align, MessagingMessage, Pull, Replicate } from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { Roles } from './roles.ts';
import { groupOf } from './roles.ts';
import type { Entry } from './records.ts';

/** A copy of the broker's log. Consumers read from it when the broker is away; it takes no messages of its own. */
export class Replica extends LoggedNode<Entry> {
  protected readonly config: MessagingConfig;
  readonly #observer: MessagingObserver | null;
  readonly #roles: Roles;
  #entries: Entry[] = [];
  /** The broker's life that this copy follows; 0: none yet. */
  #epoch = 0;
  /** The log is being replaced: what comes meanwhile comes again. */
  #rewriting = false;
  state: BrokerState;

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    roles: Roles,
    observer: MessagingObserver | null,
  ) {
    super(env, observer?.replicaLog(env.id) ?? null);
    this.config = config;
    this.#observer = observer;
    this.#roles = roles;
    this.state = new BrokerState(config.queues, config.groups);
  }

  protected override replay(entries: readonly Entry[]): void {
    this.#entries = [...entries];
    this.#epoch = 0;
    this.#rewriting = false;
    this.#rebuild();
  }

  #rebuild(): void {
    this.state = new BrokerState(this.config.queues, this.config.groups);
    for (const { record } of this.#entries) this.state.apply(record, 0);
  }

  protected override resume(): void {
    if (this.config.flush === 'async') this.env.setTimer('flush', this.config.flushEveryUs);
  }

  protected override timeout(purpose: string): void {
    if (purpose !== 'flush') return;
    this.log.force(() => undefined);
    this.env.setTimer('flush', this.config.flushEveryUs);
  }

  protected override receive(from: NodeId, message: Message): void {
    if (message.type === 'Align') this.#align(from, message as Align);
    else if (message.type === 'Replicate') this.#replicate(from, message as Replicate);
    else if (message.type === 'Pull') this.#pull(from, message as Pull);
  }

  #align(from: NodeId, { epoch }: Align): void {
    this.#transmit(from, { type: 'Aligned', epoch, entries: [...this.#entries] });
  }

  /** Nothing is added behind a gap, and nothing before the copy agrees with this life of the broker. */
  #replicate(from: NodeId, { epoch, from: at, entries, first }: Replicate): void {
    if (epoch < this.#epoch || this.#rewriting) return;
    if (first && epoch > this.#epoch) {
      this.#follow(from, epoch, at, entries);
      return;
    }
    if (epoch !== this.#epoch) {
      this.#transmit(from, { type: 'Replicated', epoch, count: 0, aligned: false });
      return;
    }
    if (at <= this.#entries.length)
      for (const entry of entries.slice(this.#entries.length - at)) {
        this.#entries.push(entry);
        this.state.apply(entry.record, 0);
        this.log.append(entry);
      }
    const confirm = this.#confirmation(from);
    if (this.config.flush === 'sync') this.log.force(confirm);
    else confirm();
  }

  /** What is here and not in the broker's log is dropped, unless the broker has written it since (a delayed message says less). */
  #follow(from: NodeId, epoch: number, at: number, entries: readonly Entry[]): void {
    if (at > this.#entries.length) return;
    const since = this.#entries.slice(at + entries.length).filter((entry) => entry.epoch === epoch);
    this.#epoch = epoch;
    this.#entries = [...this.#entries.slice(0, at), ...entries, ...since];
    this.#rebuild();
    this.#rewriting = true;
    const confirm = this.#confirmation(from);
    this.log.rewrite(this.#entries, () => {
      this.#rewriting = false;
      confirm();
    });
  }

  #confirmation(to: NodeId): () => void {
    const [epoch, count] = [this.#epoch, this.#entries.length];
    return () => {
      this.#transmit(to, { type: 'Replicated', epoch, count, aligned: true });
    };
  }

  /** Reading only: who has which queue is known to the broker alone, and so are offsets. */
  #pull(from: NodeId, { number, epoch, positions, room }: Pull): void {
    if (epoch !== this.#epoch) return;
    const deliveries = deliveriesFor(this.state, groupOf(this.#roles, from), positions, room);
    if (deliveries.length > 0)
      this.#transmit(from, { type: 'PullReply', number, epoch, assigned: null, deliveries });
  }

  #transmit(to: NodeId, message: MessagingMessage): void {
    this.#observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}
