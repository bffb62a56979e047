import type { Message, NodeEnv, NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import { LoggedNode } from '../logged-node.ts';
import type { MessagingConfig } from './config.ts';
import type { RowState } from './ledger.ts';
import type {
  Credit,
  LedgerRequest,
  MessagingMessage,
  Receipt,
  ToProducer,
  Transfer,
} from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { Outbox, OutboxRow } from './outbox.ts';
import type { Content, ProducerRecord } from './records.ts';
import type { Relay, RelayHost } from './relay.ts';
import type { FlowHost, TransactionFlow } from './transaction-flow.ts';

/** How a key ended at A. */
interface Row {
  readonly state: RowState;
  readonly debit: readonly Change[];
  readonly credit: Credit;
}

/** What a process of A is made of. */
export interface ProducerParts {
  readonly flowOf: (host: FlowHost) => TransactionFlow;
  readonly outboxOf: () => Outbox;
  readonly relayOf: (host: RelayHost) => Relay;
}

/**
 * The database of service A with its outbox, and, without instances, the service's only process, which runs the transactions
 * itself.
 */
export class Producer extends LoggedNode<ProducerRecord> implements FlowHost, RelayHost {
  readonly config: MessagingConfig;
  protected readonly broker: NodeId;
  protected readonly observer: MessagingObserver | null;
  readonly #parts: ProducerParts;
  #flow: TransactionFlow;
  readonly drift = new Map<string, number>();
  readonly rows = new Map<string, Row>();
  /** Keys whose debit is on disk. */
  protected readonly committed = new Set<string>();
  #outbox: Outbox;
  #relay: Relay | null;
  readonly #receipts = new Set<string>();
  #lastId = 0;

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    broker: NodeId,
    parts: ProducerParts,
    observer: MessagingObserver | null,
  ) {
    super(env, observer?.producerLog(env.id) ?? null);
    this.config = config;
    this.broker = broker;
    this.observer = observer;
    this.#parts = parts;
    this.#flow = parts.flowOf(this);
    this.#outbox = parts.outboxOf();
    this.#relay = this.#relayOf();
  }

  get service(): NodeId {
    return this.env.id;
  }

  protected override replay(records: readonly ProducerRecord[]): void {
    for (const state of [this.drift, this.rows]) state.clear();
    for (const state of [this.committed, this.#receipts]) state.clear();
    this.#outbox = this.#parts.outboxOf();
    this.#lastId = 0;
    for (const record of records) {
      this.#do(record);
      if (record.kind === 'debit') this.committed.add(record.key);
    }
    this.#flow = this.#parts.flowOf(this);
    this.#relay = this.#relayOf();
    this.observer?.amounts(this.env.id, this.drift);
  }

  protected override resume(): void {
    this.#relay?.begin();
  }

  /** Null: rows are carried by relays, or there are none. */
  #relayOf(): Relay | null {
    const { mode, relays } = this.config;
    return mode === 'outbox' && relays === 0 ? this.#parts.relayOf(this) : null;
  }

  /** One local transaction, in memory. */
  #do(record: ProducerRecord): void {
    const { kind, key } = record;
    const row = this.rows.get(key);
    if (kind === 'debit') {
      const { debit, credit } = record;
      this.rows.set(key, { state: 'debited', debit, credit });
      for (const { account, delta } of debit) this.#add(account, delta);
      const { id } = record;
      this.#lastId = Math.max(this.#lastId, id);
      if (this.config.mode === 'outbox')
        this.#outbox.add({ id, content: this.#contentOf(key, debit, credit) });
    } else if (kind === 'sent') this.#outbox.remove(key);
    else if (kind === 'receipt') this.#receipts.add(record.id);
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
        this.#relay?.stored(message.key);
        break;
      case 'PollOutbox':
        this.#transmit(from, { type: 'OutboxRows', batches: this.#rowsFor(from) });
        break;
      case 'MarkSent':
        this.markSent(message.key);
        break;
      case 'Receipt':
        this.#book(from, message);
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
    if (question === 'debit') this.debit(transfer, 0, answer);
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
    if (this.#relay?.timeout(purpose, key) !== true) this.#flow.timeout(purpose, key);
  }

  known(key: string): RowState | undefined {
    return this.rows.get(key)?.state;
  }

  /** A sequence: what a crash took is not given again to what the log has. */
  nextOutboxId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  debit(
    transfer: Transfer,
    id: number,
    then: (state: 'debited' | 'barred' | 'uncovered') => void,
  ): void {
    const { key, debit, credit } = transfer;
    const known = this.known(key);
    if (known === 'barred') then('barred');
    else if (known === undefined && !this.#covered(debit)) then('uncovered');
    else {
      if (known === undefined) this.write({ kind: 'debit', key, debit, credit, id });
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

  #rowsFor(relay: NodeId): readonly (readonly OutboxRow[])[] {
    const committed = (key: string): boolean => this.committed.has(key);
    return this.#outbox.poll(relay, this.env.monotonicUs(), committed);
  }

  pollOutbox(): void {
    this.#relay?.rows(this.#rowsFor(this.env.id));
  }

  markSent(key: string): void {
    for (const sent of this.#outbox.sent(key)) this.write({ kind: 'sent', key: sent });
  }

  #contentOf(key: string, debit: readonly Change[], credit: Credit): Content {
    return { key, credit, producer: this.env.id, shardKey: debit[0]?.account ?? key };
  }

  /** Each receipt once, by its id. */
  #book(from: NodeId, { id, key }: Receipt): void {
    if (!this.#receipts.has(id)) this.write({ kind: 'receipt', key, id });
    this.log.force(() => {
      this.#transmit(from, { type: 'ReceiptReply', id });
    });
  }

  toBroker(message: MessagingMessage): void {
    this.#transmit(this.broker, message);
  }

  #transmit(to: NodeId, message: MessagingMessage): void {
    this.observer?.sending(this.env.id, to, message);
    this.env.send(to, message);
  }
}
