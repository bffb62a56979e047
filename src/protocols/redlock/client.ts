import type { Message, NodeId } from '../../sim/engine/env.ts';
import { LockWorker } from '../locks/index.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from '../protocol.ts';
import type { Published } from '../redis/index.ts';
import type { RedlockConfig } from './config.ts';
import type { Lock } from './lock.ts';
import type { RedlockMonitor } from './monitor.ts';
import type { RedLock } from './redlock.ts';
import { using } from './using.ts';

export type RedLockClass = new (...args: ConstructorParameters<typeof RedLock>) => RedLock;

/** A worker whose locks are RedLocks; with onLoss: abort it works within `using` and stops when it is told of a loss. */
export class RedlockClient implements ClientProgram {
  readonly #context: ClientContext<RedlockConfig, RedlockMonitor>;
  readonly worker: LockWorker<Lock>;
  readonly #service: RedLock;

  constructor(context: ClientContext<RedlockConfig, RedlockMonitor>, redlock: RedLockClass) {
    const { env, config, servers, monitor = null } = context;
    this.#context = context;
    this.#service = new redlock(env, config, monitor);
    this.worker = new LockWorker(env, config, servers.at(-1)!, this.#service);
  }

  onMessage(_from: NodeId, message: Message): void {
    if (message.type === 'Published') this.#service.onPublished(message as Published);
  }

  perform(operation: OperationRequest, token: number): void {
    const complete = (outcome: Outcome): void => {
      this.#context.complete(token, outcome);
    };
    if (this.#context.config.onLoss === 'abort') this.#performUsing(operation, complete);
    else this.worker.perform(operation, complete);
  }

  #performUsing(operation: OperationRequest, complete: (outcome: Outcome) => void): void {
    const { env } = this.#context;
    const key = operation.key ?? '';
    this.worker.wish = { key, lock: null };
    using(
      env,
      this.#service,
      key,
      (lock, signal) => {
        this.worker.wish = { key, lock };
        return this.worker.section(operation, lock, () => signal.aborted);
      },
      (result) => {
        this.worker.wish = null;
        complete(result.ok ? result.value : { type: 'fail', error: result.reason });
      },
    );
  }
}
