import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { MessagingConfig } from './config.ts';
import type { Ledger, RowState } from './ledger.ts';
import type { Credit, LedgerRequest, MessagingMessage, ToProducer, Transfer } from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { Content, ProducerRecord } from './records.ts';
import type { FlowHost, TransactionFlow } from './transaction-flow.ts';

/** How a key ended at A. */
interface Row {
  readonly state: RowState;
  readonly debit: readonly Change[];
  readonly credit: Credit;
}

/**
 * The database of service A with its outbox, and, without instances, the service's only process, which runs the transactions
 * itself.
 */
export class Producer extends LoggedNode<ProducerRecord> implements FlowHost, Ledger {
  readonly config: MessagingConfig;
  protected readonly broker: NodeId;
  protected readonly observer: MessagingObserver | null;
  readonly #flowOf: (host: FlowHost) => TransactionFlow;
  #flow: TransactionFlow;
  readonly drift = new Map<string, number>();
  readonly rows = new Map<string, Row>();
  /** Keys whose debit is on disk. */
  protected readonly committed = new Set<string>();
  protected readonly unsent = new Set<string>();

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    broker: NodeId,
    flowOf: (host: FlowHost) => TransactionFlow,
    observer: MessagingObserver | null,
  ) {
    super(env, observer?.producerLog(env.id) ?? null);
    this.config = config;
    this.broker = broker;
    this.observer = observer;
    this.#flowOf = flowOf;
    this.#flow = flowOf(this);
  }

  get ledger(): Ledger {
    return this;
  }

  get service(): NodeId {
    return this.env.id;
  }

  protected override replay(records: readonly ProducerRecord[]): void {
    for (const state of [this.drift, this.rows]) state.clear();
    for (const state of [this.committed, this.unsent]) state.clear();
    for (const record of records) {
      this.#do(record);
      if (record.kind === 'debit') this.committed.add(record.key);
    }
    this.#flow = this.#flowOf(this);
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
    switch (message.type) {
      case 'Transfer':
        this.#flow.transfer(from, message, replyTo);
        break;
      case 'Read': {
        const amount = this.#amount(message.account);
        this.env.reply(from, replyTo, { type: 'ReadReply', amount });
        break;
      }
      case 'LedgerRequest':
        this.#serve(from, message, replyTo);
        break;
      case 'SendHalfReply':
        this.#flow.halfStored(message);
        break;
      case 'SendReply':
        this.#sent(message.key);
        break;
      case 'CheckTx':
        this.#flow.check(message.key, message.half);
        break;
      case 'Reverse':
        this.#flow.reverse(message.key);
        break;
    }
  }

  /** A process of A asks its database. */
  #serve(from: NodeId, { question, transfer }: LedgerRequest, replyTo: number): void {
    const answer = (state: string): void => {
      this.env.reply(from, replyTo, { type: 'LedgerReply', state });
    };
    const { key } = transfer;
    if (question === 'debit') this.debit(transfer, answer);
    else if (question === 'takeBack')
      this.takeBack(key, () => {
        answer('reversed');
      });
    else
      this[question](key, (committed) => {
        answer(committed ? 'committed' : 'none');
      });
  }

  protected override timeout(purpose: string, key: string): void {
    if (purpose === 'relay') this.#relay();
    else this.#flow.timeout(purpose, key);
  }

  known(key: string): RowState | undefined {
    return this.rows.get(key)?.state;
  }

  debit(transfer: Transfer, then: (state: 'debited' | 'barred' | 'uncovered') => void): void {
    const { key, debit, credit } = transfer;
    const known = this.known(key);
    if (known === 'barred') then('barred');
    else if (known === undefined && !this.#covered(debit)) then('uncovered');
    else {
      if (known === undefined) this.write({ kind: 'debit', key, debit, credit });
      this.log.force(() => {
        this.committed.add(key);
        then('debited');
      });
    }
  }

  select(key: string, then: (committed: boolean) => void): void {
    then(this.committed.has(key));
  }

  bar(key: string, then: (committed: boolean) => void): void {
    const known = this.known(key);
    if (known === undefined) this.write({ kind: 'barrier', key });
    const committed = known === 'debited' || known === 'reversed';
    if (this.committed.has(key)) then(true);
    else
      this.log.force(() => {
        then(committed);
      });
  }

  takeBack(key: string, then: () => void): void {
    const known = this.known(key);
    if (known === 'debited') this.write({ kind: 'reversed', key });
    if (known !== undefined) this.log.force(then);
  }

  /** Sends unsent rows, oldest first, until the broker has them. */
  #relay(): void {
    for (const key of this.unsent)
      if (this.committed.has(key)) this.relay(this.#contentOf(key, this.rows.get(key)!));
    this.env.setTimer('relay', this.config.relayEveryUs);
  }

  #contentOf(key: string, { debit, credit }: Row): Content {
    return { key, credit, producer: this.env.id, shardKey: debit[0]?.account ?? key };
  }

  protected relay(content: Content): void {
    this.toBroker({ type: 'Send', content });
  }

  #sent(key: string): void {
    if (this.unsent.has(key)) this.write({ kind: 'sent', key });
  }

  toBroker(message: MessagingMessage): void {
    this.observer?.sending(this.env.id, this.broker, message);
    this.env.send(this.broker, message);
  }
}
