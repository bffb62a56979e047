import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { OperationRequest, Outcome } from '../protocol.ts';
import type { ResourceRead, ResourceReply, ResourceWrite } from './resource-messages.ts';

/** How often a worker that can be stopped looks up, µs. */
const LOOK_UP_US = 10_000;

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
}

/**
 * A user of locks: `increment` takes the key's lock, reads the counter, holds for a while, writes the counter plus one
 * with its token, and releases. `read` does the same without the hold and the write.
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
    this.#service.release(lock, () => {
      this.wish = null;
      this.#env.mark('released', { key: lock.key });
      complete(outcome);
    });
  }

  /** What is done under the lock; ends early when `isLost` is given and begins to say that the lock is gone. */
  *section(
    operation: OperationRequest,
    lock: Lock,
    isLost: (() => boolean) | null = null,
  ): Task<Outcome> {
    const { key, grant, token } = lock;
    const question: ResourceRead = { type: 'ResourceRead', key, token, grant };
    const read = yield* this.#env.call<ResourceReply>(
      this.#resource,
      question,
      this.#config.resourceTimeoutUs,
    );
    if (operation.f === 'increment' || this.#config.holdReads === true) yield* this.#hold(isLost);
    if (isLost?.() === true) return { type: 'fail', error: 'lock lost' };
    if (!read.ok) return { type: 'fail', error: 'the resource did not answer' };
    if (read.message.status === 'stale') return { type: 'fail', error: 'stale token' };
    if (operation.f === 'read') return { type: 'ok', value: read.message.value };
    const next = read.message.value + 1;
    if (this.#config.reenter === true) return yield* this.#again(lock, next);
    return yield* this.#write(lock, next);
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

  /** Works for as long as a section lasts; whoever can be stopped looks up every now and then. */
  *#hold(isLost: (() => boolean) | null): Task {
    let leftUs = this.#holdUs();
    while (isLost !== null && leftUs > LOOK_UP_US) {
      yield* this.#env.sleep(LOOK_UP_US);
      leftUs -= LOOK_UP_US;
      if (isLost()) return;
    }
    yield* this.#env.sleep(leftUs);
  }

  #holdUs(): number {
    const [shortestUs, longestUs] = this.#config.holdUs;
    const ownUs = this.#config.holdsUs[this.#env.name];
    return ownUs ?? this.#env.random('hold').between(shortestUs, longestUs);
  }
}
