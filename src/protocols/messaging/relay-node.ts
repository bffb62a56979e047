import type { Message, NodeEnv, NodeId, NodeProgram } from '../../sim/engine/env.ts';
import type { MessagingConfig } from './config.ts';
import type { MessagingMessage, OutboxRows, SendReply } from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { Relay, RelayHost } from './relay.ts';

/** A relay as a process of its own, without state: it asks A's database for rows. */
export class RelayNode implements NodeProgram, RelayHost {
  readonly env: NodeEnv;
  readonly config: MessagingConfig;
  readonly #service: NodeId;
  readonly #broker: NodeId;
  readonly #observer: MessagingObserver | null;
  readonly #relay: Relay;

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    service: NodeId,
    broker: NodeId,
    relayOf: (host: RelayHost) => Relay,
    observer: MessagingObserver | null,
  ) {
    this.env = env;
    this.config = config;
    this.#service = service;
    this.#broker = broker;
    this.#observer = observer;
    this.#relay = relayOf(this);
  }

  onStart(): void {
    this.#relay.begin();
  }

  onMessage(_from: NodeId, message: Message): void {
    if (message.type === 'OutboxRows') this.#relay.rows((message as OutboxRows).batches);
    else if (message.type === 'SendReply') this.#relay.stored((message as SendReply).key);
  }

  onTimer(name: string): void {
    const colon = name.indexOf(':');
    if (colon < 0) this.#relay.timeout(name, '');
    else this.#relay.timeout(name.slice(0, colon), name.slice(colon + 1));
  }

  pollOutbox(): void {
    this.#transmit(this.#service, { type: 'PollOutbox' });
  }

  markSent(key: string): void {
    this.#transmit(this.#service, { type: 'MarkSent', key });
  }

  toBroker(message: MessagingMessage): void {
    this.#transmit(this.#broker, message);
  }

  #transmit(to: NodeId, message: MessagingMessage): void {
    this.#observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}
