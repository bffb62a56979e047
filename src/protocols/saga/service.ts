import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { SagaConfig } from './config.ts';
import { ImageBook } from './image-book.ts';
import type { Action, Compensate, Read, SagaMessage, ToService } from './messages.ts';
import type { SagaObserver } from './observer.ts';
import { type Image, type ServiceRecord, stepKey, type StepState } from './records.ts';
import { StepBook } from './step-book.ts';

/** A service with accounts: every action and compensation is one local transaction, answered when it is on disk. */
export class SagaService extends LoggedNode<ServiceRecord> {
  protected readonly config: SagaConfig;
  protected readonly observer: SagaObserver | null;
  book: StepBook;

  constructor(env: NodeEnv, config: SagaConfig, observer: SagaObserver | null) {
    super(env, observer?.serviceLog(env.id) ?? null);
    this.config = config;
    this.observer = observer;
    this.book = this.createBook();
  }

  protected createBook(): StepBook {
    const { undo, balance, stock } = this.config;
    return undo === 'image' ? new ImageBook(balance, stock) : new StepBook(balance, stock);
  }

  protected override replay(records: readonly ServiceRecord[]): void {
    this.book = this.createBook();
    for (const record of records) this.book.redo(record);
    this.observer?.recovered(this.env.id, this.book);
  }

  protected override resume(): void {
    this.env.log(() => `${this.book.fence.size} steps in the fence`);
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToService;
    switch (message.type) {
      case 'Read':
        this.#read(from, message, replyTo);
        break;
      case 'Action':
        this.#act(from, message);
        break;
      case 'Compensate':
        this.#compensate(from, message);
        break;
    }
  }

  #read(from: NodeId, { account }: Read, replyTo: number): void {
    this.observer?.read(this.env.id, account);
    const reply: SagaMessage = { type: 'ReadReply', amount: this.book.amount(account) };
    this.env.reply(from, replyTo, reply);
  }

  #act(from: NodeId, { gid, step, changes }: Action): void {
    const { book } = this;
    const key = stepKey(gid, step);
    const kind = book.act(key, changes);
    if (kind !== null) this.#write({ kind, key, changes, images: this.#imagesOf(kind, changes) });
    const ok = book.fence.get(key)?.kind === 'acted';
    this.beforeAnswer(() => {
      this.transmit(from, { type: 'ActionReply', gid, step, ok });
    });
  }

  #imagesOf(kind: StepState, changes: readonly Change[]): readonly Image[] {
    return kind === 'acted' && this.book instanceof ImageBook ? this.book.imagesOf(changes) : [];
  }

  #compensate(from: NodeId, { gid, step }: Compensate): void {
    const { book } = this;
    const key = stepKey(gid, step);
    const dirty = book instanceof ImageBook ? book.dirty(key) : null;
    if (dirty !== null) {
      // Nobody but a person can say which of the two writes counts.
      this.observer?.dirty(this.env.id, key, dirty);
      this.env.mark('alert', { gid, reason: `${dirty} was written by others` });
      return;
    }
    const kind = book.compensate(key);
    const { changes, images } = book.fence.get(key) ?? { changes: [], images: [] };
    if (kind !== null) this.#write({ kind, key, changes, images });
    this.beforeAnswer(() => {
      this.transmit(from, { type: 'CompensateReply', gid, step });
    });
  }

  protected override timeout(purpose: string): void {
    this.env.log(() => `no timer ${purpose} here`);
  }

  /** One local transaction. */
  #write(record: ServiceRecord): void {
    this.book.redo(record);
    this.log.append(record);
    this.observer?.stepped(this.env.id);
  }

  protected beforeAnswer(then: () => void): void {
    this.log.force(then);
  }

  protected transmit(to: NodeId, message: SagaMessage): void {
    this.observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}
