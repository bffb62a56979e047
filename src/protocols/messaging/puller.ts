import type { NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { MessagingConfig } from './config.ts';
import type {
  Delivery,
  MessagingMessage,
  Place,
  Position,
  PullReply,
  Result,
  SendBackReply,
} from './messages.ts';

/** The process that pulls: it carries messages out, and has timers and a network. */
export interface PullerHost {
  readonly env: NodeEnv;
  readonly config: MessagingConfig;
  transmit(to: NodeId, message: MessagingMessage): void;
  /** Has the message carried out; `then` is told when that is durable. `wanted`: false when nobody waits any more. */
  apply(delivery: Delivery, then: (result: Result) => void, wanted: () => boolean): void;
}

/** A queue that is ours: RocketMQ's ProcessQueue. */
interface Owned {
  readonly queue: number;
  /** The next offset to pull. */
  next: number;
  /** Everything below is finished. */
  done: number;
  readonly finished: Set<number>;
  readonly waiting: Delivery[];
  readonly running: Map<number, Delivery>;
}

/** Pulls the messages of one process of a consumer group, and reports how far it is: never beyond what is unfinished. */
export class Puller {
  protected readonly host: PullerHost;
  readonly #broker: NodeId;
  readonly #replica: NodeId | null;
  #epoch = 0;
  #owned = new Map<number, Owned>();
  #silent = 0;
  #number = 0;
  /** Nothing was asked for: everything is busy. */
  #full = false;
  /** What the broker was told of messages that are sent back. */
  readonly #results = new Map<string, 'failed' | 'refused'>();

  constructor(host: PullerHost, broker: NodeId, replica: NodeId | null) {
    this.host = host;
    this.#broker = broker;
    this.#replica = replica;
  }

  get positions(): readonly Position[] {
    return [...this.#owned.values()].map(({ queue, next, done }) => ({ queue, next, done }));
  }

  /** After a start or restart: nothing is ours before the broker says so. */
  begin(): void {
    this.#owned.clear();
    this.#results.clear();
    this.#epoch = 0;
    this.#silent = 0;
    this.#pull();
  }

  /** The timer `purpose:subject` fired. Returns false when it is not of a puller. */
  timeout(purpose: string, subject: string): boolean {
    if (purpose === 'pull') {
      this.#silent += 1;
      this.#pull();
    } else if (purpose === 'back') this.#sendBackAgain(subject);
    else if (purpose === 'suspended') this.#resume(subject);
    else return false;
    return true;
  }

  /** Every second time the broker is silent its replica is asked, which may have more to read. */
  #pull(): void {
    const { env, config } = this.host;
    this.#number += 1;
    const { positions } = this;
    const replica = this.#silent % 2 === 1 && positions.length > 0 ? this.#replica : null;
    const busy = [...this.#owned.values()].reduce(
      (sum, { waiting, running }) => sum + waiting.length + running.size,
      0,
    );
    const room = Math.max(0, config.threads - busy);
    this.#full = room === 0;
    this.host.transmit(replica ?? this.#broker, {
      type: 'Pull',
      number: this.#number,
      epoch: this.#epoch,
      positions,
      room,
    });
    env.setTimer('pull', config.pullTimeoutUs);
  }

  /**
   * One answer for each pull, and one pull for each answer: a network that duplicates would have every copy answered, and
   * every answer pulled for (the Sorcerer's Apprentice of RFC 783, RFC 1123 §4.2.3.1).
   */
  pulled(from: NodeId, { number, epoch, assigned, deliveries }: PullReply): void {
    if (number !== this.#number) return;
    if (from === this.#broker) this.#silent = 0;
    if (epoch !== this.#epoch) {
      if (assigned === null || epoch < this.#epoch) {
        // A replica behind, or an answer of an earlier life: the timer pulls again.
        return;
      }
      // Another life of the broker: its offsets mean other messages.
      this.#owned.clear();
      this.#epoch = epoch;
    }
    if (assigned !== null) this.#assign(assigned);
    for (const delivery of deliveries) {
      const owned = this.#owned.get(delivery.queue);
      if (owned?.next !== delivery.offset) continue;
      owned.next += 1;
      owned.waiting.push(delivery);
    }
    this.#work();
    this.#pull();
  }

  #assign(assigned: NonNullable<PullReply['assigned']>): void {
    const before = this.#owned;
    this.#owned = new Map();
    for (const { queue, offset } of assigned) {
      const owned = before.get(queue) ?? {
        queue,
        next: offset,
        done: offset,
        finished: new Set(),
        waiting: [],
        running: new Map(),
      };
      this.#owned.set(queue, owned);
      before.delete(queue);
    }
    for (const owned of before.values()) this.lost([...owned.waiting, ...owned.running.values()]);
  }

  /** These belong to another process now, which begins with them. */
  protected lost(deliveries: readonly Delivery[]): void {
    // The broker hears nothing of them: whoever owns the queue begins with them.
    this.host.env.log(() => `lets go of ${deliveries.length} messages`);
  }

  #work(): void {
    const { threads, ordered } = this.host.config;
    for (const owned of this.#owned.values())
      while (owned.waiting.length > 0 && owned.running.size < (ordered ? 1 : threads)) {
        const delivery = owned.waiting.shift()!;
        owned.running.set(delivery.offset, delivery);
        this.carryOut(delivery);
      }
  }

  protected carryOut(delivery: Delivery): void {
    const owned = this.#owned.get(delivery.queue);
    const wanted = (): boolean => this.#owned.get(delivery.queue) === owned;
    this.host.apply(
      delivery,
      (result) => {
        if (wanted()) this.#ended(delivery, result);
      },
      wanted,
    );
  }

  #ended(delivery: Delivery, result: Result): void {
    if (result === 'done') this.finished(delivery);
    else if (result === 'failed' && this.host.config.ordered) this.#suspend(delivery);
    else this.sendBack(delivery, result);
  }

  /** Order is kept by waiting: the queue stands still until this message is done or refused. */
  #suspend({ queue, offset, attempt }: Delivery): void {
    const { env, config } = this.host;
    const pauseUs = config.retryTableUs[attempt - 1] ?? config.retryTableUs.at(-1)!;
    env.setTimer(`suspended:${queue}/${offset}`, pauseUs);
  }

  #resume(subject: string): void {
    const delivery = this.#running(subject);
    if (delivery === undefined) return;
    const again = { ...delivery, attempt: delivery.attempt + 1 };
    this.#owned.get(delivery.queue)!.running.set(delivery.offset, again);
    this.carryOut(again);
  }

  #running(subject: string): Delivery | undefined {
    const [queue, offset] = subject.split('/').map(Number);
    return this.#owned.get(queue!)?.running.get(offset!);
  }

  /** The broker puts it into the retry table or gives it up; only then it is finished here. */
  protected sendBack({ queue, offset }: Delivery, result: 'failed' | 'refused'): void {
    this.#results.set(`${queue}/${offset}`, result);
    this.#transmitBack(queue, offset, result);
  }

  #sendBackAgain(subject: string): void {
    const delivery = this.#running(subject);
    const result = this.#results.get(subject);
    if (delivery !== undefined && result !== undefined)
      this.#transmitBack(delivery.queue, delivery.offset, result);
  }

  #transmitBack(queue: number, offset: number, result: 'failed' | 'refused'): void {
    const place: Place = { epoch: this.#epoch, queue, offset };
    this.host.transmit(this.#broker, { type: 'SendBack', ...place, result });
    this.host.env.setTimer(`back:${queue}/${offset}`, this.host.config.pullTimeoutUs);
  }

  sentBack({ epoch, queue, offset }: SendBackReply): void {
    if (epoch !== this.#epoch) return;
    const delivery = this.#running(`${queue}/${offset}`);
    if (delivery !== undefined) this.finished(delivery);
  }

  protected finished({ queue, offset }: Delivery): void {
    const owned = this.#owned.get(queue);
    if (owned?.running.delete(offset) !== true) return;
    this.#results.delete(`${queue}/${offset}`);
    this.host.env.cancelTimer(`back:${queue}/${offset}`);
    owned.finished.add(offset);
    owned.done = this.doneBelow(owned.done, owned.finished);
    this.acknowledge(queue, owned.done);
    this.#work();
    if (this.#full) this.#pull();
  }

  /** The lowest unfinished offset: what is finished beyond it is not reported. */
  protected doneBelow(done: number, finished: Set<number>): number {
    let below = done;
    while (finished.delete(below)) below += 1;
    return below;
  }

  protected acknowledge(queue: number, offset: number): void {
    const place: Place = { epoch: this.#epoch, queue, offset };
    this.host.transmit(this.#broker, { type: 'AckOffset', ...place });
  }
}
