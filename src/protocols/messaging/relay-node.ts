import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { MessagingConfig } from './config.ts';
import type { MessagingMessage, OutboxRows, SendReply } from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import { Process } from './process.ts';
import type { Relay, RelayHost } from './relay.ts';

/** A relay as a process of its own, without state: it asks A's database for rows. */
export class RelayNode extends Process implements RelayHost {
  readonly #service: NodeId;
  readonly #broker: NodeId;
  readonly #relay: Relay;

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    service: NodeId,
    broker: NodeId,
    relayOf: (host: RelayHost) => Relay,
    observer: MessagingObserver | null,
  ) {
    super(env, config, observer);
    this.#service = service;
    this.#broker = broker;
    this.#relay = relayOf(this);
  }

  onStart(): void {
    this.#relay.begin();
  }

  override onMessage(_from: NodeId, message: Message): void {
    if (message.type === 'OutboxRows') this.#relay.rows((message as OutboxRows).batches);
    else if (message.type === 'SendReply') this.#relay.stored((message as SendReply).key);
  }

  protected override timeout(purpose: string, key: string): void {
    this.#relay.timeout(purpose, key);
  }

  pollOutbox(): void {
    this.transmit(this.#service, { type: 'PollOutbox' });
  }

  markSent(key: string): void {
    this.transmit(this.#service, { type: 'MarkSent', key });
  }

  toBroker(message: MessagingMessage): void {
    this.transmit(this.#broker, message);
  }
}
