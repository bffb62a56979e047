import { LockWorker } from '../locks/index.ts';
import type { ClientContext, ClientProgram, OperationRequest } from '../protocol.ts';
import type { RedlockConfig } from './config.ts';
import type { Lock } from './lock.ts';
import type { RedlockMonitor } from './monitor.ts';
import type { RedLock } from './redlock.ts';

export type RedLockClass = new (...args: ConstructorParameters<typeof RedLock>) => RedLock;

/** A worker whose locks are RedLocks. */
export class RedlockClient implements ClientProgram {
  readonly #context: ClientContext<RedlockConfig, RedlockMonitor>;
  readonly worker: LockWorker<Lock>;

  constructor(context: ClientContext<RedlockConfig, RedlockMonitor>, redlock: RedLockClass) {
    const { env, config, servers, monitor = null } = context;
    this.#context = context;
    const service = new redlock(env, config, monitor);
    this.worker = new LockWorker(env, config, servers.at(-1)!, service);
  }

  perform(operation: OperationRequest, token: number): void {
    this.worker.perform(operation, (outcome) => {
      this.#context.complete(token, outcome);
    });
  }
}
