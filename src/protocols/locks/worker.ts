import type { CallResult, NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { OperationRequest, Outcome } from '../protocol.ts';
import type { ResourceRead, ResourceReply, ResourceWrite } from './resource-messages.ts';

/** How often a worker that can be stopped looks up, µs. */
export const LOOK_UP_US = 10_000;

/** What a worker needs to know of a lock that it holds. */
export interface HeldLock {
  readonly key: string;
  /** Unique to this grant. */
  readonly grant: string;
  readonly token: number | null;
}

/** A lock service as its user sees it. */
export interface LockService<Lock extends HeldLock> {
  /** `then` gets null when the lock could not be had. */
  acquire(key: string, then: (lock: Lock | null) => void): void;
  /** The same with others that only read; absent: the service knows nothing of sharing. */
  acquireShared?(key: string, then: (lock: Lock | null) => void): void;
  /** Whether the service's own rules let the client go on believing. */
  isHeld(lock: Lock): boolean;
  release(lock: Lock, then: () => void): void;
  /**
   * Takes the lock to read and lets go of `lock`, which is one to write. `then` gets null when the first could not be had;
   * the second is given back in any case.
   */
  downgrade?(lock: Lock, then: (lock: Lock | null) => void): void;
  /** Whether somebody has asked for the lock back; it stands until it is released. */
  isAskedBack?(lock: Lock): boolean;
}

export interface WorkerConfig {
  readonly resourceTimeoutUs: number;
  /** How long a critical section lasts, [shortest, longest] µs. */
  readonly holdUs: readonly [number, number];
  /** By client name; wins over `holdUs`. */
  readonly holdsUs: Readonly<Record<string, number>>;
  readonly check: 'before-write' | 'none';
  /** Between the last check and the write, µs. */
  readonly gapUs: number;
  /** Whether a `read` holds its lock as long as an `increment` does. */
  readonly holdReads?: boolean;
  /** Whether the lock is taken a second time around the write, as by a method that calls another. */
  readonly reenter?: boolean;
  /** Whether a writer goes on as a reader, and only then lets go of everything. */
  readonly downgrade?: boolean;
  /** How long others wait before they ask a holder to let go, µs; absent or null: nobody asks, and no holder looks up. */
  readonly revokeAfterUs?: number | null;
}

/**
 * A user of locks: `increment` takes the key's lock, reads the counter, holds for a while, writes the counter plus one
 * with its token, and releases. `read` does the same without the hold and the write. Whoever is asked for its lock back
 * ends its hold, and does not begin to write.
 */
export class LockWorker<Lock extends HeldLock> {
  /** What it is at: the key it wants, and the lock once it has it; null between operations. */
  wish: { readonly key: string; readonly lock: Lock | null } | null = null;
  readonly #env: NodeEnv;
  readonly #config: WorkerConfig;
  readonly #resource: NodeId;
  readonly #service: LockService<Lock>;

  constructor(env: NodeEnv, config: WorkerConfig, resource: NodeId, service: LockService<Lock>) {
    this.#env = env;
    this.#config = config;
    this.#resource = resource;
    this.#service = service;
  }

  perform(operation: OperationRequest, complete: (outcome: Outcome) => void): void {
    const key = operation.key ?? '';
    this.wish = { key, lock: null };
    const begin = (lock: Lock | null): void => {
      this.wish = lock === null ? null : { key, lock };
      if (lock === null) complete({ type: 'fail', error: 'lock not acquired' });
      else this.#env.spawn(this.#critical(operation, lock, complete));
    };
    if (operation.f === 'read' && this.#service.acquireShared !== undefined)
      this.#service.acquireShared(key, begin);
    else this.#service.acquire(key, begin);
  }

  *#critical(operation: OperationRequest, lock: Lock, complete: (outcome: Outcome) => void): Task {
    const outcome = yield* this.section(operation, lock);
    const end = (): void => {
      this.wish = null;
      this.#env.mark('released', { key: lock.key });
      complete(outcome);
    };
    const wrote = operation.f === 'increment' && outcome.type === 'ok';
    if (wrote && this.#service.downgrade !== undefined && this.#mayReadOn(lock))
      this.#service.downgrade(lock, (read) => {
        if (read === null) end();
        else this.#env.spawn(this.#readOn(read, end));
      });
    else this.#service.release(lock, end);
  }

  #mayReadOn(lock: Lock): boolean {
    if (this.#config.downgrade !== true || this.#isAskedBack(lock)) return false;
    return this.#service.isHeld(lock);
  }

  /** What a writer does under the lock to read: at the end of it, its write must still be there. */
  *#readOn(lock: Lock, end: () => void): Task {
    const { key } = lock;
    this.wish = { key, lock };
    if (this.#config.holdReads === true) yield* this.#hold(this.#stopper(lock, null));
    const read = yield* this.#readUnder(lock);
    if (read.ok) this.#env.mark('reread', { key, value: read.message.value });
    this.#service.release(lock, end);
  }

  /** What is done under the lock; ends early when `isLost` is given and begins to say that the lock is gone. */
  *section(
    operation: OperationRequest,
    lock: Lock,
    isLost: (() => boolean) | null = null,
  ): Task<Outcome> {
    const read = yield* this.#readUnder(lock);
    if (operation.f === 'increment' || this.#config.holdReads === true)
      yield* this.#hold(this.#stopper(lock, isLost));
    if (isLost?.() === true) return { type: 'fail', error: 'lock lost' };
    if (!read.ok) return { type: 'fail', error: 'the resource did not answer' };
    if (read.message.status === 'stale') return { type: 'fail', error: 'stale token' };
    if (operation.f === 'read') return { type: 'ok', value: read.message.value };
    if (this.#isAskedBack(lock)) return { type: 'fail', error: 'asked to let go before the write' };
    const next = read.message.value + 1;
    if (this.#config.reenter === true) return yield* this.#again(lock, next);
    return yield* this.#write(lock, next);
  }

  *#readUnder({ key, grant, token }: Lock): Task<CallResult<ResourceReply>> {
    const question: ResourceRead = { type: 'ResourceRead', key, token, grant };
    return yield* this.#env.call(this.#resource, question, this.#config.resourceTimeoutUs);
  }

  /** The write within a second taking of the same lock; the answer to that comes at once. */
  *#again(lock: Lock, value: number): Task<Outcome> {
    const taken: (Lock | null)[] = [];
    this.#service.acquire(lock.key, (again) => {
      taken.push(again);
    });
    const [again] = taken;
    if (again === undefined || again === null)
      return { type: 'fail', error: 'lock lost before the write' };
    const outcome = yield* this.#write(again, value);
    this.#service.release(again, () => undefined);
    return outcome;
  }

  *#write(lock: Lock, value: number): Task<Outcome> {
    const { check, gapUs, resourceTimeoutUs } = this.#config;
    if (check === 'before-write' && !this.#service.isHeld(lock))
      return { type: 'fail', error: 'lock lost before the write' };
    yield* this.#env.sleep(gapUs);
    const { key, grant, token } = lock;
    this.#env.mark('writing', { key, token });
    const request: ResourceWrite = { type: 'ResourceWrite', key, value, token, grant };
    const written = yield* this.#env.call<ResourceReply>(
      this.#resource,
      request,
      resourceTimeoutUs,
    );
    if (!written.ok) return { type: 'info', error: 'the resource did not answer' };
    if (written.message.status === 'stale') return { type: 'fail', error: 'stale token' };
    return { type: 'ok', value };
  }

  #isAskedBack(lock: Lock): boolean {
    return this.#service.isAskedBack?.(lock) === true;
  }

  /** What a holder looks up for; null: nothing can stop it. */
  #stopper(lock: Lock, isLost: (() => boolean) | null): (() => boolean) | null {
    if ((this.#config.revokeAfterUs ?? null) === null) return isLost;
    return () => isLost?.() === true || this.#isAskedBack(lock);
  }

  /** Works for as long as a section lasts; whoever can be stopped looks up every now and then. */
  *#hold(mustStop: (() => boolean) | null): Task {
    let leftUs = this.#holdUs();
    while (mustStop !== null && leftUs > LOOK_UP_US) {
      yield* this.#env.sleep(LOOK_UP_US);
      leftUs -= LOOK_UP_US;
      if (mustStop()) return;
    }
    yield* this.#env.sleep(leftUs);
  }

  #holdUs(): number {
    const [shortestUs, longestUs] = this.#config.holdUs;
    const ownUs = this.#config.holdsUs[this.#env.name];
    return ownUs ?? this.#env.random('hold').between(shortestUs, longestUs);
  }
}
