import type { Message, NodeEnv, NodeId, NodeProgram, Task } from '../../sim/engine/env.ts';
import type { NotificationConfig } from './config.ts';
import type {
  CallAck,
  Claim,
  ClaimDue,
  Claimed,
  Insert,
  NotificationMessage,
  Publish,
  Settle,
} from './messages.ts';
import { nameOf } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import { receiverOf, type Roles } from './roles.ts';
import { holdUs } from './schedule.ts';

/** Rounds of a later incarnation are higher than all of an earlier one. */
const ROUNDS_OF_A_LIFE = 1_000_000_000;

/**
 * One of several notifiers before one database. It keeps nothing: what it has to tell it claims, one call long, and what
 * became of it it writes back. A claim covers one call and its answer, so that it need not be renewed.
 */
export class ClaimingNotifier implements NodeProgram {
  readonly env: NodeEnv;
  protected readonly config: NotificationConfig;
  protected readonly roles: Roles;
  protected readonly observer: NotificationObserver | null;
  readonly #database: NodeId;
  #round: number;
  /** Claims whose call waits for its answer. */
  readonly calls = new Map<string, Claim>();

  constructor(
    env: NodeEnv,
    config: NotificationConfig,
    roles: Roles,
    database: NodeId,
    observer: NotificationObserver | null,
  ) {
    this.env = env;
    this.config = config;
    this.roles = roles;
    this.observer = observer;
    this.#database = database;
    this.#round = env.incarnation * ROUNDS_OF_A_LIFE;
  }

  onStart(): void {
    this.env.spawn(this.#work());
  }

  onMessage(from: NodeId, message: Message): void {
    if (message.type === 'Publish') this.env.spawn(this.#record(from, message as Publish));
    else if (message.type === 'CallAck') this.#answered(message as CallAck);
  }

  onTimer(name: string): void {
    const claim = this.calls.get(name);
    if (claim === undefined) return;
    this.calls.delete(name);
    this.env.spawn(this.#settle(claim, 'unanswered'));
  }

  /** The message is acknowledged when the database has its row; otherwise A sends it again. */
  *#record(from: NodeId, { key, version, effect }: Publish): Task {
    const fact = { key, version, effect };
    const request: Insert = { type: 'Insert', ...fact };
    const result = yield* this.#ask(request);
    if (result !== null) this.transmit(from, { type: 'PublishAck', ...fact });
  }

  *#work(): Task {
    for (;;) {
      yield* this.env.sleep(this.config.pollEveryUs);
      const askedUs = this.env.monotonicUs();
      this.#round += 1;
      const request: ClaimDue = { type: 'ClaimDue', round: this.#round };
      const result = yield* this.#ask<Claimed>(request);
      for (const claim of result?.claims ?? []) this.#attempt(claim, askedUs);
    }
  }

  /** Calls do not wait for each other: a receiver that is away holds up only what is meant for it. */
  #attempt(claim: Claim, askedUs: number): void {
    if (!this.isHeld(askedUs)) return;
    if (claim.attempt > this.config.scheduleUs.length) {
      this.#giveUp(claim);
      return;
    }
    const name = nameOf(claim);
    const { key, version, effect, attempt } = claim;
    this.calls.set(name, claim);
    this.env.setTimer(name, this.config.callTimeoutUs);
    const to = receiverOf(claim, this.roles.receivers);
    this.transmit(to, { type: 'Call', key, version, effect, attempt });
  }

  /** Who was paused may hold a claim that is another's by now. Counted from the question: the lease began after it. */
  protected isHeld(askedUs: number): boolean {
    return this.env.monotonicUs() - askedUs < holdUs(this.config);
  }

  /** The alarm comes first: if this notifier dies in between, another one repeats it. */
  #giveUp(claim: Claim): void {
    this.observer?.alarmed(claim);
    this.env.mark('alert', { key: claim.key, reason: 'B was never reached' });
    this.env.spawn(this.#settle(claim, 'failed'));
  }

  #answered(ack: CallAck): void {
    const name = nameOf(ack);
    const claim = this.calls.get(name);
    if (claim === undefined) return;
    this.env.cancelTimer(name);
    this.calls.delete(name);
    this.env.spawn(this.#settle(claim, 'success'));
  }

  *#settle(claim: Claim, outcome: Settle['outcome']): Task {
    const { key, version, effect, attempt } = claim;
    const request: Settle = { type: 'Settle', key, version, effect, attempt, outcome };
    yield* this.#ask(request);
  }

  /** A question to the database may come twice, and is asked again for as long as its answer is of use. */
  *#ask<M extends Message>(request: NotificationMessage): Task<M | null> {
    const giveUpUs = this.env.monotonicUs() + holdUs(this.config);
    for (;;) {
      this.observer?.sending(this.env.id, request);
      const result = yield* this.env.call<M>(this.#database, request, this.config.callTimeoutUs);
      if (result.ok) return result.message;
      if (this.env.monotonicUs() >= giveUpUs) return null;
    }
  }

  protected transmit(to: NodeId, message: NotificationMessage): void {
    this.observer?.sending(this.env.id, message);
    this.env.send(to, message);
  }
}
