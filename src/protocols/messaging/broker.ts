import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { waitingKey } from './broker-state.ts';
import { deliveriesFor } from './deliveries.ts';
import { HalfStore } from './half-store.ts';
import { Membership } from './membership.ts';
import type { AckOffset, Delivery, Place, Pull, SendBack, ToBroker } from './messages.ts';
import type { Content } from './records.ts';
import { groupOf, type Roles } from './roles.ts';
import type { MessagingConfig } from './config.ts';
import type { MessagingObserver } from './observer.ts';

const REVERSE_AGAIN_US = 200_000;

/** The broker: half messages, queues that consumer groups pull from, a retry table and dead letters for each group. */
export class Broker extends HalfStore {
  protected readonly roles: Roles;
  #members: readonly Membership[] = [];
  #asked = 0;
  /** Of each queue, how much is safe and may be read. */
  #readable: number[] = [];
  /** Pulls that wait for messages. */
  readonly #held = new Map<NodeId, Pull>();
  /** Places that were sent back in this life, by group: a repeated `SendBack` changes nothing. */
  readonly #sentBack = new Set<string>();

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    roles: Roles,
    observer: MessagingObserver | null,
  ) {
    super(env, config, roles.replica, observer);
    this.roles = roles;
  }

  protected override serve(): void {
    super.serve();
    const { queues, groups, memberUs } = this.config;
    this.#members = Array.from({ length: groups }, () => new Membership(queues + 1, memberUs));
    this.#readable = this.state.queues.map(({ length }) => length);
    this.#held.clear();
    this.#sentBack.clear();
    for (const [group, { waiting }] of this.state.groups.entries())
      for (const { content, attempt } of waiting.values()) this.#pause(group, content.key, attempt);
    for (const content of this.state.toReverse.values()) this.#askToReverse(content);
  }

  protected override handle(from: NodeId, received: Message): void {
    const message = received as ToBroker;
    switch (message.type) {
      case 'SendHalf':
        this.storeHalf(from, message);
        break;
      case 'Send':
        this.#store(from, message.content);
        break;
      case 'EndTx':
        this.endTx(message);
        break;
      case 'Pull':
        this.#pull(from, message);
        break;
      case 'AckOffset':
        this.#acknowledged(from, message);
        break;
      case 'SendBack':
        this.#sendBack(from, message);
        break;
      case 'Reversed':
        if (this.state.toReverse.has(message.key))
          this.write({ kind: 'reversed', key: message.key });
        break;
    }
  }

  protected override timeout(purpose: string, subject: string): void {
    if (purpose === 'hold') this.#holdEnds(Number(subject));
    else if (purpose === 'retry') this.#tryAgain(subject);
    else if (purpose === 'reverse') {
      const content = this.state.toReverse.get(subject);
      if (content !== undefined) this.#askToReverse(content);
    } else super.timeout(purpose, subject);
  }

  protected override checkTarget({ producer }: Content): NodeId {
    const { instances } = this.roles;
    this.#asked += 1;
    return instances[this.#asked % instances.length] ?? producer;
  }

  #store(from: NodeId, content: Content): void {
    const { key } = content;
    const answer = (): void => {
      this.transmit(from, { type: 'SendReply', key });
    };
    if (this.state.known.has(key)) this.safe(answer);
    else this.put(content, null, answer);
  }

  protected override put(content: Content, half: string | null, safe: () => void): void {
    this.write({ kind: 'message', content, half });
    const queue = this.state.queueOf(content.shardKey);
    const count = this.state.queues[queue]!.length;
    this.safe(() => {
      this.#readable[queue] = Math.max(this.#readable[queue]!, count);
      safe();
      this.#serveHeld();
    });
  }

  /** Long polling: an answer at once when there is something to say, else when there is, or when the hold is over. */
  #pull(from: NodeId, pull: Pull): void {
    const group = groupOf(this.roles, from);
    const members = this.#members[group]!;
    const holds = pull.positions.map(({ queue }) => queue);
    members.heard(from, pull.epoch === this.epoch ? holds : [], this.env.monotonicUs());
    if (pull.epoch === this.epoch)
      for (const { queue, done } of pull.positions) this.#finished(group, queue, done);
    const share = members.queuesOf(from, this.config.ordered);
    if (pull.epoch !== this.epoch || share.join() !== holds.join())
      this.#assign(from, pull.number, group, share);
    else if (!this.#deliver(from, pull)) {
      this.#held.set(from, pull);
      this.env.setTimer(`hold:${from}`, this.config.pullHoldUs);
    }
  }

  #assign(to: NodeId, number: number, group: number, queues: readonly number[]): void {
    this.#held.delete(to);
    const assigned = queues.map((queue) => ({ queue, offset: this.startOffset(group, queue) }));
    this.transmit(to, { type: 'PullReply', number, epoch: this.epoch, assigned, deliveries: [] });
  }

  /** A new owner begins where the group has finished, not where the last owner was. */
  protected startOffset(group: number, queue: number): number {
    return this.state.groups[group]!.offsets[queue]!;
  }

  #deliver(to: NodeId, { number, positions, room }: Pull): boolean {
    const group = groupOf(this.roles, to);
    const readable = (queue: number): number =>
      this.#readable[queue] ?? this.state.groups[group]!.retryQueue.length;
    const deliveries = deliveriesFor(this.state, group, positions, room, readable);
    if (deliveries.length === 0) return false;
    for (const delivery of deliveries) this.given(group, delivery);
    this.#held.delete(to);
    this.env.cancelTimer(`hold:${to}`);
    const reply = { number, epoch: this.epoch, assigned: null, deliveries };
    this.transmit(to, { type: 'PullReply', ...reply });
    return true;
  }

  /** A consumer gets this message. What counts is what it reports as finished. */
  protected given(group: number, { queue, offset, content }: Delivery): void {
    this.env.log(() => `group ${group} gets ${content.key}, queue ${queue} at ${offset}`);
  }

  #serveHeld(): void {
    for (const [node, pull] of [...this.#held]) this.#deliver(node, pull);
  }

  #holdEnds(node: NodeId): void {
    const pull = this.#held.get(node);
    if (pull === undefined) return;
    this.#held.delete(node);
    const reply = { number: pull.number, epoch: this.epoch, assigned: null, deliveries: [] };
    this.transmit(node, { type: 'PullReply', ...reply });
  }

  #acknowledged(from: NodeId, { epoch, queue, offset }: AckOffset): void {
    if (epoch === this.epoch) this.#finished(groupOf(this.roles, from), queue, offset);
  }

  /** Offsets go forward only, whoever reports them. */
  #finished(group: number, queue: number, offset: number): void {
    if (offset <= this.state.groups[group]!.offsets[queue]!) return;
    if (offset <= this.state.queue(group, queue).length)
      this.write({ kind: 'offset', group, queue, offset });
  }

  /** Step 5: again by the retry table, or given up, which is reversed or handed to a person. */
  #sendBack(from: NodeId, { epoch, queue, offset, result }: SendBack): void {
    const group = groupOf(this.roles, from);
    const queued = this.state.queue(group, queue)[offset];
    if (epoch !== this.epoch || queued === undefined) return;
    const place = `${group}/${queue}/${offset}`;
    if (!this.#sentBack.has(place)) {
      this.#sentBack.add(place);
      const { content, attempt } = queued;
      if (result === 'failed' && attempt <= this.config.retryTableUs.length) {
        this.write({ kind: 'waiting', group, attempt: attempt + 1, content });
        this.#pause(group, content.key, attempt + 1);
      } else if (group === 0 && this.config.onDead === 'reverse') this.#toReverse(group, content);
      else this.dead(group, content, result === 'failed' ? 'no redelivery is left' : 'refused');
    }
    this.safe(() => {
      const reply: Place = { epoch, queue, offset };
      this.transmit(from, { type: 'SendBackReply', ...reply });
    });
  }

  /** The pause before the `attempt`-th delivery. */
  protected pauseUs(attempt: number): number {
    return this.config.retryTableUs[attempt - 2]!;
  }

  #pause(group: number, key: string, attempt: number): void {
    this.env.setTimer(`retry:${group}/${waitingKey(key, attempt)}`, this.pauseUs(attempt));
  }

  #tryAgain(subject: string): void {
    const slash = subject.indexOf('/');
    const group = Number(subject.slice(0, slash));
    const queued = this.state.groups[group]!.waiting.get(subject.slice(slash + 1));
    if (queued === undefined) return;
    this.write({ kind: 'again', group, ...queued });
    this.#serveHeld();
  }

  protected dead(group: number, content: Content, reason: string): void {
    this.write({ kind: 'dead', group, content });
    this.alarm(content.key, reason);
  }

  #toReverse(group: number, content: Content): void {
    this.write({ kind: 'toReverse', group, content });
    this.safe(() => {
      this.#askToReverse(content);
    });
  }

  #askToReverse(content: Content): void {
    const { key } = content;
    this.transmit(this.checkTarget(content), { type: 'Reverse', key });
    this.env.setTimer(`reverse:${key}`, REVERSE_AGAIN_US);
  }
}
