import type { Message, NodeEnv, NodeId, NodeProgram, Task } from '../../sim/engine/env.ts';
import type { MessagingConfig } from './config.ts';
import type { Ledger, RowState } from './ledger.ts';
import type {
  LedgerReply,
  LedgerRequest,
  MessagingMessage,
  ToProducer,
  Transfer,
} from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import type { FlowHost, TransactionFlow } from './transaction-flow.ts';

/**
 * A process of service A without state of its own: it runs transactions, and answers checks for all processes of its group,
 * because they share one database.
 */
export class Instance implements NodeProgram, FlowHost, Ledger {
  readonly env: NodeEnv;
  readonly config: MessagingConfig;
  readonly service: NodeId;
  readonly #broker: NodeId;
  readonly #observer: MessagingObserver | null;
  readonly #flow: TransactionFlow;

  constructor(
    env: NodeEnv,
    config: MessagingConfig,
    service: NodeId,
    broker: NodeId,
    flowOf: (host: FlowHost) => TransactionFlow,
    observer: MessagingObserver | null,
  ) {
    this.env = env;
    this.config = config;
    this.service = service;
    this.#broker = broker;
    this.#observer = observer;
    this.#flow = flowOf(this);
  }

  get ledger(): Ledger {
    return this;
  }

  onMessage(from: NodeId, received: Message, replyTo: number): void {
    const message = received as ToProducer;
    if (message.type === 'Transfer') this.#flow.transfer(from, message, replyTo);
    else if (message.type === 'SendHalfReply') this.#flow.halfStored(message);
    else if (message.type === 'CheckTx') this.#flow.check(message.key, message.half);
    else if (message.type === 'Reverse') this.#flow.reverse(message.key);
  }

  onTimer(name: string): void {
    const colon = name.indexOf(':');
    this.#flow.timeout(name.slice(0, colon), name.slice(colon + 1));
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
    const { env, config } = this;
    for (;;) {
      const reply = yield* env.call<LedgerReply>(this.service, request, config.attemptTimeoutUs);
      if (!reply.ok) continue;
      then(reply.message.state);
      return;
    }
  }

  toBroker(message: MessagingMessage): void {
    this.#observer?.sending(this.env.id, this.#broker, message);
    this.env.send(this.#broker, message);
  }
}

function withKey(key: string): Transfer {
  return { type: 'Transfer', key, debit: [], credit: [] };
}
