import type { NodeId } from '../../sim/engine/env.ts';
import { BrokerState, type Half } from './broker-state.ts';
import type { EndTx, SendHalf, SendHalfReply } from './messages.ts';
import { MirroredNode } from './mirrored-node.ts';
import type { BrokerRecord, Content, HalfEnd } from './records.ts';

/** Half messages: stored, ended, or checked until somebody says how they ended (seed document, steps 1 to 4). */
export abstract class HalfStore extends MirroredNode {
  state = this.#empty();
  #stored = 0;
  /** What is said when the replica stays away. */
  readonly #unanswered = new Map<string, { readonly to: NodeId; readonly answer: SendHalfReply }>();
  /** Half messages whose message is being made safe. */
  protected readonly committing = new Set<string>();
  /** Ends that wait for the next batch of the op queue. */
  readonly #ops = new Map<string, HalfEnd>();

  #empty(): BrokerState {
    return new BrokerState(this.config.queues, this.config.groups);
  }

  protected override forget(): void {
    this.state = this.#empty();
    this.committing.clear();
    this.#ops.clear();
    this.#unanswered.clear();
  }

  protected override apply(record: BrokerRecord): void {
    this.state.apply(record, this.env.monotonicUs());
  }

  protected override serve(): void {
    this.env.setTimer('check', this.config.checkIntervalUs);
    if (this.config.flush === 'async') this.env.setTimer('flush', this.config.flushEveryUs);
  }

  protected override timeout(purpose: string, subject: string): void {
    if (purpose === 'check') {
      this.checkBack();
      this.env.setTimer('check', this.config.checkIntervalUs);
    } else if (purpose === 'flush') {
      this.log.force(() => undefined);
      this.env.setTimer('flush', this.config.flushEveryUs);
    } else if (purpose === 'ops') this.#writeOps();
    else if (purpose === 'replica') this.#replicaAway(subject);
    else this.mirrorTimeout(purpose);
  }

  /** Every `SendHalf` makes a half message, also when A asks again: the copies end one by one. */
  protected storeHalf(from: NodeId, { run, content }: SendHalf): void {
    this.#stored += 1;
    const half = `${this.epoch}-${this.#stored}`;
    const { key } = content;
    this.write({ kind: 'half', half, content });
    const answer: SendHalfReply = { type: 'SendHalfReply', key, run, half, status: 'replica-away' };
    this.#unanswered.set(half, { to: from, answer });
    if (this.awaitsReplica()) this.env.setTimer(`replica:${half}`, this.config.replicaTimeoutUs);
    this.safe(() => {
      if (!this.#unanswered.delete(half)) return;
      this.env.cancelTimer(`replica:${half}`);
      this.transmit(from, { ...answer, status: 'stored' });
    });
  }

  /** `SLAVE_NOT_AVAILABLE`: A may go on or not; the half message stays, and is checked. */
  #replicaAway(half: string): void {
    const unanswered = this.#unanswered.get(half);
    if (unanswered === undefined || !this.state.halves.has(half)) return;
    this.#unanswered.delete(half);
    this.transmit(unanswered.to, unanswered.answer);
  }

  protected endTx({ half, verdict }: EndTx): void {
    const open = this.state.halves.get(half);
    if (open === undefined || this.isEnding(half) || verdict === 'unknown') {
      this.lateEnd(half, verdict);
      return;
    }
    this.end(open, verdict === 'commit');
  }

  /** Its end is known, though not in the log yet. */
  protected isEnding(half: string): boolean {
    return this.committing.has(half) || this.#ops.has(half);
  }

  /** The end of a half message is final; an end that comes again puts no second message into the queue. */
  protected lateEnd(half: string, verdict: EndTx['verdict']): void {
    this.env.log(() => `${verdict} of ${half} changes nothing`);
  }

  /** First the message, safe, then the end of the half: a crash between repeats, and loses nothing. */
  protected end({ half, content }: Half, commit: boolean): void {
    if (!commit) {
      this.op(half, 'rolledBack');
      return;
    }
    this.committing.add(half);
    this.put(content, half, () => {
      this.committing.delete(half);
      this.op(half, 'committed');
    });
  }

  /** Appends a message; it becomes readable once it is safe. */
  protected abstract put(content: Content, half: string | null, safe: () => void): void;

  /** Ends go to the op queue in batches; one that a crash takes away is asked for again by a check. */
  protected op(half: string, end: HalfEnd): void {
    this.#ops.set(half, end);
    const { opBatchUs, opBatchMax } = this.config;
    if (opBatchUs === 0 || this.#ops.size >= opBatchMax) this.#writeOps();
    else if (this.#ops.size === 1) this.env.setTimer('ops', opBatchUs);
  }

  #writeOps(): void {
    const ends = [...this.#ops].map(([half, end]) => ({ half, end }));
    this.#ops.clear();
    if (ends.length > 0) this.write({ kind: 'ops', ends });
  }

  /** Step 4: asks about every half message that is old enough. */
  protected checkBack(): void {
    for (const half of this.state.halves.values()) {
      if (this.isEnding(half.half) || this.immune(half)) continue;
      if (half.checks >= this.config.checkMax) this.discard(half);
      else this.check(half);
    }
  }

  protected check({ half, content }: Half): void {
    this.write({ kind: 'checked', half });
    this.transmit(this.checkTarget(content), { type: 'CheckTx', key: content.key, half });
  }

  /** Only the service that sent it can know (RocketMQ: the producer group): each of its processes, in turn. */
  protected abstract checkTarget(content: Content): NodeId;

  /** Too young to be asked about; no check is used up meanwhile. */
  protected immune({ bornUs }: Half): boolean {
    return this.env.monotonicUs() - bornUs < this.config.immunityUs;
  }

  protected discard({ half, content }: Half): void {
    this.op(half, 'discarded');
    this.alarm(content.key, 'nobody says how this half message ended');
  }

  /** A person is told; scenarios and the monitor see it as a mark. */
  protected alarm(key: string, reason: string): void {
    this.observer?.alarmed(key);
    this.env.mark('alert', { key, reason });
  }
}
