import type { Message, NodeEnv, NodeId, NodeProgram, Task } from '../../sim/engine/env.ts';
import type { MessagingConfig } from './config.ts';
import type {
  ApplyReply,
  Delivery,
  MessagingMessage,
  PullReply,
  Result,
  SendBackReply,
} from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { Puller, PullerHost } from './puller.ts';

/** A process of service B without state of its own: it pulls, and has its messages carried out by B's database. */
export class Worker implements NodeProgram, PullerHost {
  readonly env: NodeEnv;
  readonly config: MessagingConfig;
  readonly #database: NodeId;
  readonly #observer: MessagingObserver | null;
  readonly puller: Puller;

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    database: NodeId,
    pullerOf: (host: PullerHost) => Puller,
    observer: MessagingObserver | null,
  ) {
    this.env = env;
    this.config = config;
    this.#database = database;
    this.#observer = observer;
    this.puller = pullerOf(this);
  }

  onStart(): void {
    this.puller.begin();
  }

  onMessage(from: NodeId, message: Message): void {
    if (message.type === 'PullReply') this.puller.pulled(from, message as PullReply);
    else if (message.type === 'SendBackReply') this.puller.sentBack(message as SendBackReply);
  }

  onTimer(name: string): void {
    const colon = name.indexOf(':');
    const purpose = colon < 0 ? name : name.slice(0, colon);
    this.puller.timeout(purpose, colon < 0 ? '' : name.slice(colon + 1));
  }

  transmit(to: NodeId, message: MessagingMessage): void {
    this.#observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }

  apply(delivery: Delivery, then: (result: Result) => void, wanted: () => boolean): void {
    this.env.spawn(this.#apply(delivery, then, wanted));
  }

  /** Silence means nothing: asked again until the database has answered, or the queue is another's. */
  *#apply(delivery: Delivery, then: (result: Result) => void, wanted: () => boolean): Task {
    const { env, config } = this;
    while (wanted()) {
      const request: MessagingMessage = { type: 'Apply', delivery };
      const reply = yield* env.call<ApplyReply>(this.#database, request, config.attemptTimeoutUs);
      if (!reply.ok) continue;
      then(reply.message.result);
      return;
    }
  }
}
