import type { Message, NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import { askWhile } from '../ask-again.ts';
import type { MessagingConfig } from './config.ts';
import type { RowState } from './ledger.ts';
import type {
  LedgerReply,
  LedgerRequest,
  MessagingMessage,
  ToProducer,
  Transfer,
} from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import { Process } from './process.ts';
import type { FlowHost, TransactionFlow } from './transaction-flow.ts';

/**
 * A process of service A without state of its own: it runs transactions, and answers checks for all processes of its group,
 * because they share one database.
 */
export class Instance extends Process implements FlowHost {
  readonly service: NodeId;
  readonly #broker: NodeId;
  readonly #flow: TransactionFlow;

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    service: NodeId,
    broker: NodeId,
    flowOf: (host: FlowHost) => TransactionFlow,
    observer: MessagingObserver | null,
  ) {
    super(env, config, observer);
    this.service = service;
    this.#broker = broker;
    this.#flow = flowOf(this);
  }

  override onMessage(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToProducer;
    if (message.type === 'Transfer') this.#flow.transfer(from, message, replyTo);
    else if (message.type === 'SendHalfReply') this.#flow.halfStored(message);
    else if (message.type === 'CheckTx') this.#flow.check(message.key, message.half);
    else if (message.type === 'Reverse') this.#flow.reverse(message.key);
  }

  protected override timeout(purpose: string, key: string): void {
    this.#flow.timeout(purpose, key);
  }

  /** The database is asked by the transaction itself. */
  known(): RowState | undefined {
    return undefined;
  }

  /** Only half messages: the outbox is written by the database's own node. */
  nextOutboxId(): number {
    return 0;
  }

  debit(
    transfer: Transfer,
    _outboxId: number,
    then: (state: 'debited' | 'barred' | 'uncovered') => void,
  ): void {
    this.#ask('debit', transfer, (state) => {
      then(state as 'debited' | 'barred' | 'uncovered');
    });
  }

  select(key: string, then: (committed: boolean) => void): void {
    this.#ask('select', withKey(key), (state) => {
      then(state === 'committed');
    });
  }

  bar(key: string, then: (committed: boolean) => void): void {
    this.#ask('bar', withKey(key), (state) => {
      then(state === 'committed');
    });
  }

  takeBack(key: string, then: () => void): void {
    this.#ask('takeBack', withKey(key), then);
  }

  #ask(
    question: LedgerRequest['question'],
    transfer: Transfer,
    then: (state: string) => void,
  ): void {
    this.env.spawn(this.#untilAnswered({ type: 'LedgerRequest', question, transfer }, then));
  }

  /** Every question may be asked twice; silence means nothing. */
  *#untilAnswered(request: LedgerRequest, then: (state: string) => void): Task {
    const { env, config, service } = this;
    const patienceUs = config.attemptTimeoutUs;
    const reply = yield* askWhile<LedgerReply>(env, service, request, patienceUs, () => true);
    if (reply !== null) then(reply.state);
  }

  toBroker(message: MessagingMessage): void {
    this.transmit(this.#broker, message);
  }
}

function withKey(key: string): Transfer {
  return { type: 'Transfer', key, debit: [], credit: [] };
}
