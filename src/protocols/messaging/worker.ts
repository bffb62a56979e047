import type { Message, NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import { askWhile } from '../ask-again.ts';
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
import { Process } from './process.ts';
import type { Puller, PullerHost } from './puller.ts';

/** A process of service B without state of its own: it pulls, and has its messages carried out by B's database. */
export class Worker extends Process implements PullerHost {
  readonly #database: NodeId;
  readonly puller: Puller;

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    database: NodeId,
    pullerOf: (host: PullerHost) => Puller,
    observer: MessagingObserver | null,
  ) {
    super(env, config, observer);
    this.#database = database;
    this.puller = pullerOf(this);
  }

  onStart(): void {
    this.puller.begin();
  }

  override onMessage(from: NodeId, message: Message): void {
    if (message.type === 'PullReply') this.puller.pulled(from, message as PullReply);
    else if (message.type === 'SendBackReply') this.puller.sentBack(message as SendBackReply);
  }

  protected override timeout(purpose: string, subject: string): void {
    this.puller.timeout(purpose, subject);
  }

  apply(delivery: Delivery, then: (result: Result) => void, wanted: () => boolean): void {
    this.env.spawn(this.#apply(delivery, then, wanted));
  }

  /** Silence means nothing: asked again until the database has answered, or the queue is another's. */
  *#apply(delivery: Delivery, then: (result: Result) => void, wanted: () => boolean): Task {
    const request: MessagingMessage = { type: 'Apply', delivery };
    const patienceUs = this.config.attemptTimeoutUs;
    const reply = yield* askWhile<ApplyReply>(
      this.env,
      this.#database,
      request,
      patienceUs,
      wanted,
    );
    if (reply !== null) then(reply.result);
  }
}
