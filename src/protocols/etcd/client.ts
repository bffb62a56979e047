import { LockWorker } from '../locks/index.ts';
import type { ClientContext, ClientProgram, OperationRequest } from '../protocol.ts';
import type { EtcdConfig } from './config.ts';
import type { EtcdLock, LeaseLock } from './lock.ts';
import type { EtcdMonitor } from './monitor.ts';

/** A worker whose locks are keys under a lease. */
export class EtcdClient implements ClientProgram {
  readonly #context: ClientContext<EtcdConfig, EtcdMonitor>;
  readonly #locks: LeaseLock;
  readonly worker: LockWorker<EtcdLock>;

  constructor(context: ClientContext<EtcdConfig, EtcdMonitor>, lock: typeof LeaseLock) {
    const { env, config, servers, monitor = null } = context;
    this.#context = context;
    this.#locks = new lock(env, config, servers, monitor);
    this.worker = new LockWorker(env, config, servers.at(-1)!, this.#locks);
  }

  onStart(): void {
    this.#locks.start();
  }

  perform(operation: OperationRequest, token: number): void {
    this.worker.perform(operation, (outcome) => {
      this.#context.complete(token, outcome);
    });
  }
}
