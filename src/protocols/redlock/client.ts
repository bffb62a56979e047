import type { NodeId, Task } from '../../sim/engine/env.ts';
import type { ResourceRead, ResourceReply, ResourceWrite } from '../locks/index.ts';
import type { ClientContext, ClientProgram, OperationRequest, Outcome } from '../protocol.ts';
import type { RedlockConfig } from './config.ts';
import type { Lock } from './lock.ts';
import type { RedlockMonitor } from './monitor.ts';
import { RedLock } from './redlock.ts';

export type RedLockClass = new (...args: ConstructorParameters<typeof RedLock>) => RedLock;

/**
 * A worker: `increment` takes the key's lock, reads the counter, holds for a while, writes the counter plus one with
 * its token, and releases. `read` does the same without the write.
 */
export class RedlockClient implements ClientProgram {
  protected readonly context: ClientContext<RedlockConfig, RedlockMonitor>;
  readonly redlock: RedLock;
  readonly #resource: NodeId;

  constructor(context: ClientContext<RedlockConfig, RedlockMonitor>, redlock: RedLockClass) {
    this.context = context;
    this.redlock = new redlock(context.env, context.config, context.monitor ?? null);
    this.#resource = context.servers.at(-1)!;
  }

  perform(operation: OperationRequest, token: number): void {
    this.redlock.acquire(operation.key ?? '', (lock) => {
      if (lock === null) this.context.complete(token, { type: 'fail', error: 'lock not acquired' });
      else this.context.env.spawn(this.#critical(operation, lock, token));
    });
  }

  *#critical(operation: OperationRequest, lock: Lock, token: number): Task {
    const { env, config } = this.context;
    const { key, value: grant } = lock;
    const question: ResourceRead = { type: 'ResourceRead', key, token: lock.token, grant };
    const read = yield* env.call<ResourceReply>(this.#resource, question, config.resourceTimeoutUs);
    if (operation.f === 'increment') yield* env.sleep(this.#holdUs());
    let outcome: Outcome;
    if (!read.ok) outcome = { type: 'fail', error: 'the resource did not answer' };
    else if (read.message.status === 'stale') outcome = { type: 'fail', error: 'stale token' };
    else if (operation.f === 'read') outcome = { type: 'ok', value: read.message.value };
    else outcome = yield* this.#write(lock, read.message.value + 1);
    this.redlock.release(lock, () => {
      env.mark('released', { key });
      this.context.complete(token, outcome);
    });
  }

  *#write(lock: Lock, value: number): Task<Outcome> {
    const { env, config } = this.context;
    if (config.check === 'before-write' && !this.redlock.isHeld(lock))
      return { type: 'fail', error: 'lock lost before the write' };
    yield* env.sleep(config.gapUs);
    env.mark('writing', { key: lock.key, token: lock.token });
    const request: ResourceWrite = {
      type: 'ResourceWrite',
      key: lock.key,
      value,
      token: lock.token,
      grant: lock.value,
    };
    const written = yield* env.call<ResourceReply>(
      this.#resource,
      request,
      config.resourceTimeoutUs,
    );
    if (!written.ok) return { type: 'info', error: 'the resource did not answer' };
    if (written.message.status === 'stale') return { type: 'fail', error: 'stale token' };
    return { type: 'ok', value };
  }

  #holdUs(): number {
    const { env, config } = this.context;
    const [shortestUs, longestUs] = config.holdUs;
    return config.holdsUs[env.name] ?? env.random('hold').between(shortestUs, longestUs);
  }
}
