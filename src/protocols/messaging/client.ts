import type { NodeId, Task } from '../../sim/engine/env.ts';
import { askAgain } from '../ask-again.ts';
import { type Change, changesOf, kindOf } from '../bank.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from '../protocol.ts';
import type { MessagingConfig } from './config.ts';
import type { Read, ReadReply, Transfer, TransferReply } from './messages.ts';
import type { MessagingObserver } from './observer.ts';
import { rolesOf } from './roles.ts';

/**
 * A client of one service A: `transfer` from one of A's accounts to one of B's (`value`: `{to, amount}`), `order` pays at A and
 * takes a piece out of the store of B (`value`: `{price}`), `read` at A, `audit` at both, one account after the other.
 */
export class MessagingClient implements ClientProgram {
  readonly #context: ClientContext<MessagingConfig, MessagingObserver>;
  /** The database of service A, which answers reads. */
  readonly #a: NodeId;
  /** Who runs transfers of service A. */
  readonly #instances: readonly NodeId[];
  readonly #b: NodeId;

  constructor(context: ClientContext<MessagingConfig, MessagingObserver>) {
    this.#context = context;
    const { producers, instances, consumers } = rolesOf(context.config, context.servers);
    // Clients follow the servers in the topology: each keeps to one service.
    this.#a = producers[context.env.id % producers.length]!;
    this.#instances = instances.length > 0 ? instances : [this.#a];
    this.#b = consumers[0]!;
  }

  perform(operation: OperationRequest, token: number): void {
    this.#context.env.spawn(this.#perform(operation, token));
  }

  *#perform({ f, key, value }: OperationRequest, token: number): Task {
    const account = key ?? 'x';
    let outcome: Outcome;
    if (f === 'read') outcome = yield* this.#read(account, this.#a);
    else if (f === 'audit') outcome = yield* this.#audit(value, account);
    else outcome = yield* this.#transfer(f, account, value, token);
    this.#context.complete(token, outcome);
  }

  *#audit(value: unknown, account: string): Task<Outcome> {
    const amounts: Record<string, number> = {};
    for (const side of [this.#a, this.#b])
      for (const name of Array.isArray(value) ? value.map(String) : [account]) {
        const outcome = yield* this.#read(name, side);
        if (outcome.type !== 'ok') return outcome;
        amounts[side === this.#a ? name : `${name} at B`] = outcome.value as number;
      }
    this.#context.monitor?.audited(amounts);
    return { type: 'ok', value: amounts };
  }

  *#read(account: string, side: NodeId): Task<Outcome> {
    const { env, config } = this.#context;
    const request: Read = { type: 'Read', account };
    const result = yield* askAgain<ReadReply>(env, side, request, config);
    return result.ok
      ? { type: 'ok', value: result.message.amount }
      : { type: 'info', error: 'no answer' };
  }

  *#transfer(f: string, account: string, value: unknown, token: number): Task<Outcome> {
    const { env, config } = this.#context;
    const changes = changesOf(f, account, value, true);
    if (changes === null)
      return { type: 'fail', error: `${f} of ${JSON.stringify(value)} is no such thing` };
    // Money is with A; what a transfer credits, and goods, are with B.
    const atB = (change: Change): boolean =>
      f === 'transfer' ? change.delta > 0 : kindOf(change.account) === 'goods';
    const request: Transfer = {
      type: 'Transfer',
      key: `${env.name}/${token}`,
      debit: changes.filter((change) => !atB(change)),
      credit: changes.filter(atB),
    };
    const giveUpUs = env.monotonicUs() + config.operationTimeoutUs;
    for (let attempt = env.id; env.monotonicUs() < giveUpUs; attempt += 1) {
      // An instance that is silent may be down: the next one is asked, with the same key.
      const instance = this.#instances[attempt % this.#instances.length]!;
      const result = yield* env.call<TransferReply>(instance, request, config.attemptTimeoutUs);
      if (!result.ok) continue;
      const { ok, reason } = result.message;
      if (!ok) this.#context.monitor?.refused(request.key);
      return ok ? { type: 'ok', value } : { type: 'fail', error: reason };
    }
    return { type: 'info', error: 'no answer' };
  }
}
