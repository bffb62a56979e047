import type { Task } from '../sim/engine/env.ts';
import { askAgain, type Patience } from './ask-again.ts';
import { changesOf, ownerOf } from './bank.ts';
import type { Begin, BeginReply, Read, ReadReply } from './bank-messages.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from './protocol.ts';

/** Told what an audit has read. */
interface Auditor {
  audited(amounts: Readonly<Record<string, number>>): void;
}

/**
 * A client of a bank of services, each with its own books, and a coordinator before them. `transfer` and `order` are asked of the coordinator with one request id until it answers; `read`
 * asks the owner what is available; `audit` reads several accounts one after the other, as any reader here must.
 */
export class BankClient implements ClientProgram {
  readonly #context: ClientContext<Patience, Auditor>;
  readonly #success: string;

  /** `success`: the outcome that means that all of the operation was done. */
  constructor(context: ClientContext<Patience, Auditor>, success: string) {
    this.#context = context;
    this.#success = success;
  }

  perform(operation: OperationRequest, token: number): void {
    this.#context.env.spawn(this.#perform(operation, token));
  }

  *#perform({ f, key, value }: OperationRequest, token: number): Task {
    const account = key ?? 'x';
    let outcome: Outcome;
    if (f === 'read') outcome = yield* this.#read(account);
    else if (f === 'audit') outcome = yield* this.#audit(value, account);
    else outcome = yield* this.#transact(f, account, value, token);
    this.#context.complete(token, outcome);
  }

  *#read(account: string): Task<Outcome> {
    const { env, config, servers } = this.#context;
    const request: Read = { type: 'Read', account };
    const owner = ownerOf(account, servers.slice(1));
    const result = yield* askAgain<ReadReply>(env, owner, request, config);
    return result.ok
      ? { type: 'ok', value: result.message.amount }
      : { type: 'info', error: 'no answer' };
  }

  *#audit(value: unknown, account: string): Task<Outcome> {
    const amounts: Record<string, number> = {};
    for (const name of Array.isArray(value) ? value.map(String) : [account]) {
      const outcome = yield* this.#read(name);
      if (outcome.type !== 'ok') return outcome;
      amounts[name] = outcome.value as number;
    }
    this.#context.monitor?.audited(amounts);
    return { type: 'ok', value: amounts };
  }

  *#transact(f: string, key: string, value: unknown, token: number): Task<Outcome> {
    const { env, config, servers } = this.#context;
    const changes = changesOf(f, key, value);
    if (changes === null)
      return { type: 'fail', error: `${f} of ${JSON.stringify(value)} is no such thing` };
    const begin: Begin = { type: 'Begin', request: `${env.name}/${token}`, changes };
    const result = yield* askAgain<BeginReply>(env, servers[0]!, begin, config);
    if (!result.ok) return { type: 'info', error: 'no answer' };
    const { outcome, reason } = result.message;
    return outcome === this.#success ? { type: 'ok', value } : { type: 'fail', error: reason };
  }
}
