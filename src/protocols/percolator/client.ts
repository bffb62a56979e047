import type { Task } from '../../sim/engine/env.ts';
import { changesOf } from '../bank.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from '../protocol.ts';
import type { PercolatorConfig } from './config.ts';
import type { PercolatorObserver } from './observer.ts';
import type { Transaction } from './transaction.ts';

/** A client that runs its own transactions: `transfer`, `order`, and as of one timestamp each, `read` and `audit`. */
export class PercolatorClient implements ClientProgram {
  readonly #context: ClientContext<PercolatorConfig, PercolatorObserver>;
  readonly #kind: typeof Transaction;

  constructor(
    context: ClientContext<PercolatorConfig, PercolatorObserver>,
    kind: typeof Transaction,
  ) {
    this.#context = context;
    this.#kind = kind;
  }

  perform(operation: OperationRequest, token: number): void {
    this.#context.env.spawn(this.#perform(operation, token));
  }

  *#perform({ f, key, value }: OperationRequest, token: number): Task {
    const { env, config, servers } = this.#context;
    const account = key ?? 'x';
    const transaction = new this.#kind(env, config, servers);
    let outcome: Outcome;
    if (f === 'read' || f === 'audit') {
      const rows = f === 'audit' && Array.isArray(value) ? value.map(String) : [account];
      outcome = yield* this.#read(transaction, rows, f === 'audit');
    } else outcome = yield* this.#change(transaction, f, account, value);
    this.#context.complete(token, outcome);
  }

  *#read(transaction: Transaction, rows: readonly string[], audit: boolean): Task<Outcome> {
    const amounts = yield* transaction.read(rows);
    if (amounts === null) return { type: 'info', error: 'no answer' };
    if (audit) this.#context.monitor?.audited(amounts);
    return { type: 'ok', value: audit ? amounts : amounts[rows[0]!] };
  }

  *#change(transaction: Transaction, f: string, key: string, value: unknown): Task<Outcome> {
    const changes = changesOf(f, key, value);
    if (changes === null)
      return { type: 'fail', error: `${f} of ${JSON.stringify(value)} is no such thing` };
    this.#context.monitor?.changing(changes);
    const end = yield* transaction.change(changes);
    if (end === 'committed') return { type: 'ok', value };
    if (end === 'unknown') return { type: 'info', error: 'no answer to the commit' };
    return { type: 'fail', error: end === 'refused' ? 'no cover' : 'conflicts, or no answer' };
  }
}
