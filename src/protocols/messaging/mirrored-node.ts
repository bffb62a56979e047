import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { LoggedNode } from '../logged-node.ts';
import { commonLength } from './common-length.ts';
import type { MessagingConfig } from './config.ts';
import type { Aligned, MessagingMessage, Replicated } from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { BrokerRecord, Entry } from './records.ts';

const AGAIN_US = 200_000;
/** Lives of one incarnation are fewer than this. */
const LIVES_MAX = 1_000;

/** Something that waits until the log is safe up to `count` entries. */
interface Waiting {
  readonly count: number;
  readonly then: () => void;
}

/**
 * A server whose log a replica copies (RocketMQ's master and slave: the master never changes). It does not serve before it
 * has asked the replica for what its own disk may have lost: without end when replication is synchronous, else for a while.
 */
export abstract class MirroredNode extends LoggedNode<Entry> {
  protected readonly config: MessagingConfig;
  protected readonly observer: MessagingObserver | null;
  readonly #replica: NodeId | null;
  #entries: Entry[] = [];
  #serving = false;
  /** Begun again after a failed sync, in this incarnation. */
  #lives = 0;
  /** The replica knows this life of the broker, and has so many entries, on its disk or not. */
  #mirrored: number | null = null;
  /** So many it has confirmed. */
  #confirmed = 0;
  #sent = 0;
  #mirrorSet = false;
  #waiting: Waiting[] = [];

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    replica: NodeId | null,
    observer: MessagingObserver | null,
  ) {
    super(env, observer?.brokerLog(env.id) ?? null);
    this.config = config;
    this.observer = observer;
    this.#replica = replica;
  }

  /** Places, messages and halves of different lives are never mixed up. */
  protected get epoch(): number {
    return this.env.incarnation * LIVES_MAX + this.#lives;
  }

  /** Forgets what the log says. */
  protected abstract forget(): void;
  /** What a record of the log means. */
  protected abstract apply(record: BrokerRecord): void;
  /** The log is complete: take up what was under way. */
  protected abstract serve(): void;
  protected abstract handle(from: NodeId, message: Message): void;

  protected override replay(entries: readonly Entry[]): void {
    this.forget();
    this.#lives += 1;
    this.#confirmed = 0;
    this.#entries = [...entries];
    this.#serving = false;
    this.#mirrored = null;
    this.#waiting = [];
    this.#mirrorSet = false;
    for (const { record } of entries) this.apply(record);
  }

  protected override resume(): void {
    if (this.#replica === null) {
      this.#begin();
      return;
    }
    this.#align();
    if (this.config.replication === 'async')
      this.env.setTimer('give-up-alignment', this.config.alignTimeoutUs);
  }

  #begin(): void {
    if (this.#serving) return;
    this.#serving = true;
    this.serve();
  }

  protected write(record: BrokerRecord): void {
    const entry = { epoch: this.epoch, record };
    this.#entries.push(entry);
    this.apply(record);
    this.log.append(entry);
    if (this.#mirrored === null || this.#mirrorSet) return;
    this.#mirrorSet = true;
    this.env.setTimer('mirror', 0);
  }

  protected override receive(from: NodeId, message: Message): void {
    if (message.type === 'Aligned') this.#aligned(message as Aligned);
    else if (message.type === 'Replicated') this.#replicated(message as Replicated);
    else if (this.#serving) this.handle(from, message);
  }

  /** The timers of the copying. */
  protected mirrorTimeout(purpose: string): void {
    if (purpose === 'align' && this.#mirrored === null) this.#align();
    else if (purpose === 'give-up-alignment') this.#begin();
    else if (purpose === 'mirror') {
      this.#mirrorSet = false;
      this.#mirror(false);
    } else if (purpose === 'mirror-again' && this.#mirrored !== null) {
      if (this.#mirrored < this.#entries.length) {
        this.#sent = this.#mirrored;
        this.#mirror(false);
      }
    }
  }

  #align(): void {
    this.transmit(this.#replica!, { type: 'Align', epoch: this.epoch });
    this.env.setTimer('align', AGAIN_US);
  }

  /** The replica may have more (this disk lost it), or something else (it was away when this disk lost it). */
  #aligned({ epoch, entries }: Aligned): void {
    if (epoch !== this.epoch || this.#mirrored !== null) return;
    const common = commonLength(this.#entries, entries);
    if (!this.#serving && common === this.#entries.length)
      for (const entry of entries.slice(common)) {
        this.#entries.push(entry);
        this.apply(entry.record);
        this.log.append(entry);
      }
    const had = commonLength(this.#entries, entries);
    this.#mirrored = had;
    this.#sent = had;
    this.#mirror(true);
    this.log.force(() => {
      this.#begin();
    });
  }

  #mirror(first: boolean): void {
    if (this.#mirrored === null) return;
    const from = this.#sent;
    const entries = this.#entries.slice(from);
    this.#sent = this.#entries.length;
    this.transmit(this.#replica!, { type: 'Replicate', epoch: this.epoch, from, entries, first });
    this.env.setTimer('mirror-again', AGAIN_US);
  }

  #replicated({ epoch, count, aligned }: Replicated): void {
    if (epoch !== this.epoch || this.#mirrored === null) return;
    if (!aligned) {
      this.#mirrored = null;
      this.#align();
      return;
    }
    this.#mirrored = Math.max(this.#mirrored, count);
    if (count <= this.#confirmed) return;
    this.#confirmed = count;
    const safe = this.#waiting.filter((waiting) => waiting.count <= count);
    this.#waiting = this.#waiting.filter((waiting) => waiting.count > count);
    for (const { then } of safe) then();
  }

  /**
   * `SYNC_FLUSH`: what is answered is on disk; `ASYNC_FLUSH`: it will be. With synchronous replication the replica has it as
   * well. Whoever waits may wait for long.
   */
  protected safe(then: () => void): void {
    const count = this.#entries.length;
    const flushed = (): void => {
      if (!this.awaitsReplica() || this.#confirmed >= count) then();
      else this.#waiting.push({ count, then });
    };
    if (this.config.flush === 'sync') this.log.force(flushed);
    else flushed();
  }

  /** The replica has not confirmed all that is here. */
  protected replicaLags(): boolean {
    return this.awaitsReplica() && this.#confirmed < this.#entries.length;
  }

  /** `SYNC_MASTER`. */
  protected awaitsReplica(): boolean {
    return this.#replica !== null && this.config.replication === 'sync';
  }

  protected transmit(to: NodeId, message: MessagingMessage): void {
    this.observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}
