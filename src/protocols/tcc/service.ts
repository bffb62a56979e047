import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { TccConfig } from './config.ts';
import type { Read, Second, TccMessage, ToService, Try } from './messages.ts';
import type { TccObserver } from './observer.ts';
import type { ServiceRecord } from './records.ts';
import { type Effect, ReservationBook, type Step } from './reservation-book.ts';

const CLEAN_EVERY_US = 1_000_000;

/** A service with accounts: every call is one local transaction, answered when it is on disk. */
export class Service extends LoggedNode<ServiceRecord> {
  protected readonly config: TccConfig;
  protected readonly observer: TccObserver | null;
  book: ReservationBook;
  /** When branches ended, to clean the fence; rows found on disk count from the restart. */
  readonly #endedUs = new Map<string, number>();

  constructor(env: NodeEnv, config: TccConfig, observer: TccObserver | null) {
    super(env, observer?.serviceLog(env.id) ?? null);
    this.config = config;
    this.observer = observer;
    this.book = this.#newBook();
  }

  protected createBook(
    balance: number,
    stock: number,
    onEffect: (gid: string, effect: Effect) => void,
  ): ReservationBook {
    return new ReservationBook(balance, stock, onEffect);
  }

  #newBook(): ReservationBook {
    return this.createBook(this.config.balance, this.config.stock, (gid, effect) => {
      if (this.ready) this.observer?.effect(this.env.id, gid, effect);
    });
  }

  protected override replay(records: readonly ServiceRecord[]): void {
    this.book = this.#newBook();
    for (const { kind, gid, changes } of records) this.book.redo(kind, gid, changes);
    this.#endedUs.clear();
    for (const [gid, state] of this.book.fence)
      if (state !== 'tried') this.#endedUs.set(gid, this.env.monotonicUs());
    this.observer?.recovered(this.env.id, this.book);
  }

  protected override resume(): void {
    this.env.setTimer('clean', CLEAN_EVERY_US);
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToService;
    switch (message.type) {
      case 'Read':
        this.#read(from, message, replyTo);
        break;
      case 'Try':
      case 'Confirm':
      case 'Cancel':
        this.#call(from, message);
        break;
    }
  }

  #read(from: NodeId, { account }: Read, replyTo: number): void {
    const reply: TccMessage = { type: 'ReadReply', amount: this.book.amount(account) };
    this.env.reply(from, replyTo, reply);
  }

  #call(from: NodeId, message: Try | Second): void {
    if (this.statementFails()) {
      this.statementFailed(from, message);
      return;
    }
    const { type, gid, changes } = message;
    if (type === 'Try')
      this.run(gid, changes, this.book.tryIt(gid, changes), (ok) => {
        this.transmit(from, { type: 'TryReply', gid, ok });
      });
    else if (type === 'Confirm')
      this.run(gid, changes, this.book.confirm(gid, changes), (ok) => {
        this.transmit(from, { type: 'ConfirmReply', gid, ok });
      });
    else
      this.run(gid, changes, this.book.cancel(gid), (ok) => {
        this.transmit(from, { type: 'CancelReply', gid, ok });
      });
  }

  protected override timeout(purpose: string, gid: string): void {
    if (purpose === 'clean') {
      this.#clean();
      this.env.setTimer('clean', CLEAN_EVERY_US);
    } else if (purpose === 'expire') this.expire(gid);
  }

  /** A reservation is the coordinator's to end. */
  protected expire(gid: string): void {
    this.env.log(() => `the reservation of ${gid} is old; it stays`);
  }

  /** The database may fail the first statement of a local transaction. */
  protected statementFails(): boolean {
    const { statementErrorPercent } = this.config;
    return (
      statementErrorPercent > 0 && this.env.random('statement').below(100) < statementErrorPercent
    );
  }

  /** An error says nothing about the row: all is rolled back, nothing is answered, and who called calls again. */
  protected statementFailed(from: NodeId, { type, gid }: Try | Second): void {
    this.env.log(
      () => `${type} of ${gid} for ${this.env.nameOf(from)}: the database failed a statement`,
    );
  }

  protected run(
    gid: string,
    changes: readonly Change[],
    step: Step,
    answer: (ok: boolean) => void,
  ): void {
    if (step.write !== null) this.write({ kind: step.write, gid, changes });
    if (!step.ok) {
      answer(false);
      return;
    }
    // Also a repeated answer waits for the disk: what it repeats may not be there yet.
    this.beforeAnswer(() => {
      answer(true);
    });
  }

  /** One local transaction. */
  protected write(record: ServiceRecord): void {
    this.log.append(record);
    if (record.kind !== 'tried') this.#endedUs.set(record.gid, this.env.monotonicUs());
    this.observer?.stepped(this.env.id);
  }

  protected beforeAnswer(then: () => void): void {
    this.log.force(then);
  }

  #clean(): void {
    const oldUs = this.env.monotonicUs() - this.retentionUs();
    for (const [gid, endedUs] of this.#endedUs)
      if (endedUs < oldUs) {
        this.#endedUs.delete(gid);
        this.book.fence.delete(gid);
      }
  }

  /** Longer than any message may be under way. */
  protected retentionUs(): number {
    return this.config.fenceRetentionUs;
  }

  protected transmit(to: NodeId, message: TccMessage): void {
    this.observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}
