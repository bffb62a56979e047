import type { Task } from '../../sim/engine/env.ts';
import { askAgain } from '../ask-again.ts';
import { type Change as BankChange, changesOf, kindOf } from '../bank.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from '../protocol.ts';
import type { NotificationConfig } from './config.ts';
import type { Balance, BalanceReply, Change, ChangeReply, Read, ReadReply } from './messages.ts';
import type { NotificationObserver } from './observer.ts';
import { homeOf, rolesOf, type Roles } from './roles.ts';

/**
 * A client: `change` moves the state of a key at A to its next version, `read` asks its receiver which version it knows. `transfer`
 * and `order` do A's part of the business at once and have B notified of its part, each a fact of its own; `audit` reads
 * the accounts of both, one after the other.
 */
export class NotificationClient implements ClientProgram {
  readonly #context: ClientContext<NotificationConfig, NotificationObserver>;

  readonly #roles: Roles;

  constructor(context: ClientContext<NotificationConfig, NotificationObserver>) {
    this.#context = context;
    this.#roles = rolesOf(context.config, context.servers);
  }

  perform(operation: OperationRequest, token: number): void {
    this.#context.env.spawn(this.#perform(operation, token));
  }

  *#perform({ f, key, value }: OperationRequest, token: number): Task {
    const name = key ?? 'x';
    let outcome: Outcome;
    if (f === 'read') outcome = yield* this.#read(name);
    else if (f === 'audit') outcome = yield* this.#audit(value, name);
    else if (f === 'change') outcome = yield* this.#change(name, token, [], []);
    else outcome = yield* this.#business(f, name, value, token);
    this.#context.complete(token, outcome);
  }

  *#audit(value: unknown, name: string): Task<Outcome> {
    const { env, config, monitor } = this.#context;
    const amounts: Record<string, number> = {};
    for (const side of ['A', 'B'])
      for (const account of Array.isArray(value) ? value.map(String) : [name]) {
        const request: Balance = { type: 'Balance', account };
        const { source, receivers } = this.#roles;
        const server = side === 'A' ? source : homeOf(account, receivers);
        const result = yield* askAgain<BalanceReply>(env, server, request, config);
        if (!result.ok) return { type: 'info', error: 'no answer' };
        amounts[side === 'A' ? account : `${account} at B`] = result.message.amount;
      }
    monitor?.audited(amounts);
    return { type: 'ok', value: amounts };
  }

  /** A fact of its own: nobody else changes the key. */
  *#business(f: string, account: string, value: unknown, token: number): Task<Outcome> {
    const changes = changesOf(f, account, value, true);
    if (changes === null)
      return { type: 'fail', error: `${f} of ${JSON.stringify(value)} is no such thing` };
    const atB = (change: BankChange): boolean =>
      f === 'transfer' ? change.delta > 0 : kindOf(change.account) === 'goods';
    const debit = changes.filter((change) => !atB(change));
    const key = `${f} ${this.#context.env.name}/${token}`;
    return yield* this.#change(key, token, debit, changes.filter(atB));
  }

  *#read(key: string): Task<Outcome> {
    const { env, config } = this.#context;
    const request: Read = { type: 'Read', key };
    const receiver = homeOf(key, this.#roles.receivers);
    const result = yield* askAgain<ReadReply>(env, receiver, request, config);
    return result.ok
      ? { type: 'ok', value: result.message.version }
      : { type: 'info', error: 'no answer' };
  }

  *#change(
    key: string,
    token: number,
    debit: readonly BankChange[],
    effect: readonly BankChange[],
  ): Task<Outcome> {
    const { env, config } = this.#context;
    const { source } = this.#roles;
    const request: Change = {
      type: 'Change',
      key,
      request: `${env.name}/${token}`,
      debit,
      effect,
    };
    const giveUpUs = env.monotonicUs() + config.operationTimeoutUs;
    while (env.monotonicUs() < giveUpUs) {
      const result = yield* env.call<ChangeReply>(source, request, config.attemptTimeoutUs);
      if (result.ok && result.message.version === 0) return { type: 'fail', error: 'no cover' };
      if (result.ok) return { type: 'ok', value: result.message.version };
    }
    return { type: 'info', error: 'no answer' };
  }
}
