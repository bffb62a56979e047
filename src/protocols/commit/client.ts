import type { NodeId, Task } from '../../sim/engine/env.ts';
import { askAgain } from '../ask-again.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from '../protocol.ts';
import { changesOf, ownerOf } from '../bank.ts';
import type { CommitConfig } from './config.ts';
import type { Begin, BeginReply, Read, ReadReply } from './messages.ts';

/**
 * A client of the bank. `transfer` and `order` are asked of the coordinator with one request id until it answers;
 * `read` asks the row's owner; `audit` reads several accounts in one transaction (`value`: their names).
 */
export class CommitClient implements ClientProgram {
  protected readonly context: ClientContext<CommitConfig>;

  constructor(context: ClientContext<CommitConfig>) {
    this.context = context;
  }

  perform(operation: OperationRequest, token: number): void {
    this.context.env.spawn(this.#perform(operation, token));
  }

  *#perform(operation: OperationRequest, token: number): Task {
    const key = operation.key ?? 'x';
    const outcome =
      operation.f === 'read'
        ? yield* this.#read(key)
        : yield* this.#transact({ ...operation, key }, token);
    this.context.complete(token, outcome);
  }

  *#read(account: string): Task<Outcome> {
    const { env, config } = this.context;
    const owner = ownerOf(account, this.managers());
    const request: Read = { type: 'Read', account };
    const result = yield* askAgain<ReadReply>(env, owner, request, config);
    if (!result.ok) return { type: 'info', error: 'no answer' };
    return { type: 'ok', value: result.message.amount };
  }

  *#transact({ f, key, value }: OperationRequest, token: number): Task<Outcome> {
    const { env, config } = this.context;
    const coordinator = this.coordinator();
    const reads = f === 'audit' ? accountsOf(value, key!) : [];
    const changes = f === 'audit' ? [] : changesOf(f, key!, value);
    if (changes === null)
      return { type: 'fail', error: `${f} of ${JSON.stringify(value)} is no such thing` };
    const giveUpUs = env.monotonicUs() + config.operationTimeoutUs;
    while (env.monotonicUs() < giveUpUs) {
      const begin: Begin = {
        type: 'Begin',
        request: this.requestName(token),
        changes,
        reads,
      };
      const result = yield* env.call<BeginReply>(coordinator, begin, config.attemptTimeoutUs);
      if (!result.ok) continue;
      const { outcome, reason, amounts } = result.message;
      if (outcome === 'abort') return { type: 'fail', error: reason };
      return { type: 'ok', value: f === 'audit' ? amounts : value };
    }
    return { type: 'info', error: 'no answer' };
  }

  /** One for each client: a request that is asked again finds who knows it. */
  protected coordinator(): NodeId {
    const { env, config, servers } = this.context;
    return ownerOf(env.name, servers.slice(0, config.coordinators));
  }

  /** Who owns rows: everyone but the coordinators. */
  protected managers(): readonly NodeId[] {
    const { config, servers } = this.context;
    return servers.slice(config.coordinators);
  }

  /** The same for every attempt: a lost answer must not become a second effect. */
  protected requestName(token: number): string {
    return `${this.context.env.name}/${token}`;
  }
}

function accountsOf(value: unknown, key: string): readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string') ? value : [key];
}
