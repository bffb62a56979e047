import type { Task } from '../../sim/engine/env.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from '../protocol.ts';
import type { NotificationConfig } from './config.ts';
import type { Change, ChangeReply, Read, ReadReply } from './messages.ts';

/** A client: `change` moves the state of a key at A to its next version, `read` asks B which version it knows. */
export class NotificationClient implements ClientProgram {
  readonly #context: ClientContext<NotificationConfig>;

  constructor(context: ClientContext<NotificationConfig>) {
    this.#context = context;
  }

  perform(operation: OperationRequest, token: number): void {
    this.#context.env.spawn(this.#perform(operation, token));
  }

  *#perform({ f, key }: OperationRequest, token: number): Task {
    const outcome =
      f === 'read' ? yield* this.#read(key ?? 'x') : yield* this.#change(key ?? 'x', token);
    this.#context.complete(token, outcome);
  }

  *#read(key: string): Task<Outcome> {
    const { env, config, servers } = this.#context;
    const request: Read = { type: 'Read', key };
    const result = yield* env.call<ReadReply>(servers[2]!, request, config.operationTimeoutUs);
    return result.ok
      ? { type: 'ok', value: result.message.version }
      : { type: 'info', error: 'no answer' };
  }

  *#change(key: string, token: number): Task<Outcome> {
    const { env, config, servers } = this.#context;
    const request: Change = { type: 'Change', key, request: `${env.name}/${token}` };
    const giveUpUs = env.monotonicUs() + config.operationTimeoutUs;
    while (env.monotonicUs() < giveUpUs) {
      const result = yield* env.call<ChangeReply>(servers[0]!, request, config.attemptTimeoutUs);
      if (result.ok) return { type: 'ok', value: result.message.version };
    }
    return { type: 'info', error: 'no answer' };
  }
}
