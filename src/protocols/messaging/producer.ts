import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { MessagingConfig } from './config.ts';
import type {
  Credit,
  MessagingMessage,
  SendHalfReply,
  ToProducer,
  Transfer,
  Verdict,
} from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { Content, ProducerRecord } from './records.ts';

interface Running {
  readonly transfer: Transfer;
  readonly askers: { readonly from: NodeId; readonly replyTo: number }[];
  /** A client that asks again begins another run: answers to an earlier one are not for it. */
  readonly run: string;
  sends: number;
  /** The half message that the broker has; null: none yet. */
  half: string | null;
  /** The local transaction has written and waits for its disk. */
  committing: boolean;
}

/** How a key ended at A. */
interface Row {
  readonly state: 'debited' | 'barred' | 'reversed';
  readonly debit: readonly Change[];
  readonly credit: Credit;
}

/** Service A: half message, local transaction, its end, check-back (or an outbox with a relay). */
export class Producer extends LoggedNode<ProducerRecord> {
  protected readonly config: MessagingConfig;
  protected readonly broker: NodeId;
  protected readonly observer: MessagingObserver | null;
  readonly drift = new Map<string, number>();
  readonly rows = new Map<string, Row>();
  /** Keys whose debit is on disk. */
  protected readonly committed = new Set<string>();
  protected readonly unsent = new Set<string>();
  protected readonly running = new Map<string, Running>();
  #runs = 0;

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    broker: NodeId,
    observer: MessagingObserver | null,
  ) {
    super(env, observer?.producerLog(env.id) ?? null);
    this.config = config;
    this.broker = broker;
    this.observer = observer;
  }

  protected override replay(records: readonly ProducerRecord[]): void {
    for (const state of [this.drift, this.rows, this.running]) state.clear();
    for (const state of [this.committed, this.unsent]) state.clear();
    for (const record of records) {
      this.#do(record);
      if (record.kind === 'debit') this.committed.add(record.key);
    }
    this.observer?.amounts(this.env.id, this.drift);
  }

  protected override resume(): void {
    if (this.config.mode === 'outbox') this.#relay();
  }

  /** One local transaction, in memory. */
  #do(record: ProducerRecord): void {
    const { kind, key } = record;
    const row = this.rows.get(key);
    if (kind === 'debit') {
      const { debit, credit } = record;
      this.rows.set(key, { state: 'debited', debit, credit });
      for (const { account, delta } of debit) this.#add(account, delta);
      if (this.config.mode === 'outbox') this.unsent.add(key);
    } else if (kind === 'sent') this.unsent.delete(key);
    else if (kind === 'barrier') this.rows.set(key, { state: 'barred', debit: [], credit: [] });
    else if (row !== undefined) {
      this.rows.set(key, { ...row, state: 'reversed' });
      for (const { account, delta } of row.debit) this.#add(account, -delta);
    }
  }

  #amount(account: string): number {
    return this.config.balance + (this.drift.get(account) ?? 0);
  }

  #covered(debit: readonly Change[]): boolean {
    return debit.every(({ account, delta }) => delta >= 0 || this.#amount(account) + delta >= 0);
  }

  #add(account: string, delta: number): void {
    this.drift.set(account, (this.drift.get(account) ?? 0) + delta);
  }

  protected write(record: ProducerRecord): void {
    this.#do(record);
    this.log.append(record);
    this.observer?.amounts(this.env.id, this.drift);
  }

  protected override receive(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToProducer;
    const { type } = message;
    if (type === 'Transfer') this.#transfer(from, message, replyTo);
    else if (type === 'Read') {
      const amount = this.#amount(message.account);
      this.env.reply(from, replyTo, { type: 'ReadReply', amount });
    } else if (type === 'SendHalfReply') this.#halfStored(message);
    else if (type === 'SendReply') this.#sent(message.key);
    else if (type === 'CheckTx') this.check(this.transactionOf(message.key), message.half);
    else this.#reverse(message.key);
  }

  protected override timeout(purpose: string, key: string): void {
    if (purpose === 'relay') {
      this.#relay();
      return;
    }
    const running = this.running.get(key);
    if (running === undefined) return;
    if (purpose === 'half' && running.half === null) this.sendHalf(running);
    else if (purpose === 'local') this.localTransaction(running);
  }

  #transfer(from: NodeId, transfer: Transfer, replyTo: number): void {
    const { key } = transfer;
    const asker = { from, replyTo };
    const known = this.running.get(key);
    if (known !== undefined) {
      known.askers.push(asker);
      return;
    }
    this.#runs += 1;
    const run = `${this.env.incarnation}-${this.#runs}`;
    const running = { transfer, askers: [asker], run, sends: 0, half: null, committing: false };
    const row = this.rows.get(key);
    if (row !== undefined) {
      const ok = row.state !== 'barred';
      this.#answer(running, ok, ok ? '' : 'given up after a check-back');
      return;
    }
    this.running.set(key, running);
    this.start(running);
  }

  /** Step 1: no local transaction before the broker has the half message. */
  protected start(running: Running): void {
    if (this.config.mode === 'half') this.sendHalf(running);
    else this.beginLocal(running);
  }

  protected sendHalf(running: Running): void {
    const { key } = running.transfer;
    if (running.sends > this.config.sendRetries) {
      this.#finish(running, false, 'the broker does not answer');
      return;
    }
    running.sends += 1;
    this.transmit({ type: 'SendHalf', run: running.run, content: this.contentOf(running) });
    this.env.setTimer(`half:${key}`, this.config.sendTimeoutUs);
  }

  /** What the broker keeps: every half message of one transaction has the same key. */
  protected contentOf({ transfer: { key, debit, credit } }: Running): Content {
    return this.#content(key, debit, credit);
  }

  #content(key: string, debit: readonly Change[], credit: Credit): Content {
    return { key, credit, producer: this.env.id, shardKey: debit[0]?.account ?? key };
  }

  /** The local transaction that a half message belongs to. */
  protected transactionOf(key: string): string {
    return key;
  }

  #halfStored({ key, run, half, status }: SendHalfReply): void {
    const running = this.running.get(this.transactionOf(key));
    if (running === undefined || running.run !== run || running.half !== null) return;
    running.half = half;
    if (status === 'stored') this.beginLocal(running);
    else this.withoutReplica(running);
  }

  /** `SLAVE_NOT_AVAILABLE`, `FLUSH_SLAVE_TIMEOUT`: RocketMQ's producer rolls back and runs no local transaction. */
  protected withoutReplica(running: Running): void {
    this.endTx(running.transfer.key, running.half, 'rollback');
    this.#finish(running, false, 'the broker has no replica');
  }

  protected beginLocal({ transfer }: Running): void {
    this.env.mark('local', { key: transfer.key });
    this.env.setTimer(`local:${transfer.key}`, this.config.localTxUs);
  }

  /** Step 2: the local transaction, then its end is told. */
  protected localTransaction(running: Running): void {
    const { key, debit, credit } = running.transfer;
    if (this.barred(key) || !this.#covered(debit)) {
      this.endTx(key, running.half, 'rollback');
      this.#finish(running, false, this.barred(key) ? 'given up after a check-back' : 'no cover');
      return;
    }
    running.committing = true;
    this.write({ kind: 'debit', key, debit, credit });
    this.log.force(() => {
      this.committed.add(key);
      this.env.mark('committed', { key });
      this.endTx(key, running.half, 'commit');
      this.#finish(running, true, '');
    });
  }

  protected barred(key: string): boolean {
    return this.rows.get(key)?.state === 'barred';
  }

  protected endTx(key: string, half: string | null, verdict: Verdict): void {
    if (half !== null) this.transmit({ type: 'EndTx', key, half, verdict });
  }

  /** Step 4. Committed is what the disk says; what is still running is unknown; all else is barred before it is denied. */
  protected check(key: string, half: string): void {
    const running = this.running.get(key);
    if (this.committed.has(key)) this.endTx(key, half, 'commit');
    else if (running !== undefined && (running.committing || running.half !== null))
      this.endTx(key, half, 'unknown');
    else this.denyCheck(key, half);
  }

  /** Once rollback is said, a late local transaction must find the door shut. */
  protected denyCheck(key: string, half: string): void {
    if (!this.barred(key)) this.write({ kind: 'barrier', key });
    this.log.force(() => {
      this.endTx(key, half, 'rollback');
    });
  }

  /** Sends unsent rows, oldest first, until the broker has them. */
  #relay(): void {
    for (const key of this.unsent)
      if (this.committed.has(key)) this.relay(this.#contentOfRow(key, this.rows.get(key)!));
    this.env.setTimer('relay', this.config.relayEveryUs);
  }

  #contentOfRow(key: string, { debit, credit }: Row): Content {
    return this.#content(key, debit, credit);
  }

  protected relay(content: Content): void {
    this.transmit({ type: 'Send', content });
  }

  #sent(key: string): void {
    if (this.unsent.has(key)) this.write({ kind: 'sent', key });
  }

  #reverse(key: string): void {
    const state = this.rows.get(key)?.state;
    if (state === 'debited') this.write({ kind: 'reversed', key });
    if (state !== undefined)
      this.log.force(() => {
        this.transmit({ type: 'Reversed', key });
      });
  }

  #finish(running: Running, ok: boolean, reason: string): void {
    this.running.delete(running.transfer.key);
    this.#answer(running, ok, reason);
  }

  #answer({ askers }: Running, ok: boolean, reason: string): void {
    for (const { from, replyTo } of askers.splice(0))
      this.env.reply(from, replyTo, { type: 'TransferReply', ok, reason });
  }

  protected transmit(message: MessagingMessage): void {
    this.observer?.sending(this.env.id, this.broker, message);
    this.env.send(this.broker, message);
  }
}

export type { Running };
