import type { Task } from '../../sim/engine/env.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from '../protocol.ts';
import type { MessagingConfig } from './config.ts';
import type { Read, ReadReply, Transfer, TransferReply } from './messages.ts';

/** A client of service A: `transfer` from one of A's accounts to one of B's (`value`: `{to, amount}`), `read` at A. */
export class MessagingClient implements ClientProgram {
  readonly #context: ClientContext<MessagingConfig>;

  constructor(context: ClientContext<MessagingConfig>) {
    this.#context = context;
  }

  perform(operation: OperationRequest, token: number): void {
    this.#context.env.spawn(this.#perform(operation, token));
  }

  *#perform({ f, key, value }: OperationRequest, token: number): Task {
    const account = key ?? 'x';
    const outcome =
      f === 'read' ? yield* this.#read(account) : yield* this.#transfer(account, value, token);
    this.#context.complete(token, outcome);
  }

  *#read(account: string): Task<Outcome> {
    const { env, config, servers } = this.#context;
    const request: Read = { type: 'Read', account };
    const result = yield* env.call<ReadReply>(servers[0]!, request, config.operationTimeoutUs);
    return result.ok
      ? { type: 'ok', value: result.message.amount }
      : { type: 'info', error: 'no answer' };
  }

  *#transfer(account: string, value: unknown, token: number): Task<Outcome> {
    const { env, config, servers } = this.#context;
    const { to, amount } = (value ?? {}) as { to?: unknown; amount?: unknown };
    if (typeof to !== 'string' || !Number.isSafeInteger(amount) || (amount as number) <= 0)
      return { type: 'fail', error: `transfer of ${JSON.stringify(value)} is no such thing` };
    const request: Transfer = {
      type: 'Transfer',
      key: `${env.name}/${token}`,
      account,
      credit: { to, amount: amount as number },
    };
    const giveUpUs = env.monotonicUs() + config.operationTimeoutUs;
    while (env.monotonicUs() < giveUpUs) {
      const result = yield* env.call<TransferReply>(servers[0]!, request, config.attemptTimeoutUs);
      if (!result.ok) continue;
      const { ok, reason } = result.message;
      return ok ? { type: 'ok', value } : { type: 'fail', error: reason };
    }
    return { type: 'info', error: 'no answer' };
  }
}
