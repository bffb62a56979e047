import type { Message, NodeEnv, NodeId, NodeProgram } from '../../sim/engine/env.ts';
import { partsOf } from '../timer-name.ts';
import type { MessagingConfig } from './config.ts';
import type { MessagingMessage } from './messages.ts';
import type { MessagingObserver } from './observer.ts';

/** A process that keeps nothing: all its state is in a database that it asks. */
export abstract class Process implements NodeProgram {
  readonly env: NodeEnv;
  readonly config: MessagingConfig;
  readonly #observer: MessagingObserver | null;

  constructor(env: NodeEnv, config: MessagingConfig, observer: MessagingObserver | null) {
    this.env = env;
    this.config = config;
    this.#observer = observer;
  }

  abstract onMessage(from: NodeId, message: Message, replyTo: number): void;
  protected abstract timeout(purpose: string, subject: string): void;

  onTimer(name: string): void {
    this.timeout(...partsOf(name));
  }

  transmit(to: NodeId, message: MessagingMessage): void {
    this.#observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}
