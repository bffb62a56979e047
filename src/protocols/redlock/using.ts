import type { NodeEnv, Task } from '../../sim/engine/env.ts';
import type { Lock } from './lock.ts';
import type { LossSignal } from './loss-signal.ts';
import type { RedLock } from './redlock.ts';

/** How a routine under a lock ended. */
export type UsingResult<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /** Lost before the routine came to its end. */ readonly lost: boolean;
    }
  | { readonly ok: false; readonly reason: 'lock not acquired' };

/**
 * Runs `routine` under the lock of `key` and releases it afterwards, however the routine ends (as `using` of
 * node-redlock does). `signal` fires when an extension fails and when the lock's deadline passes; the routine must then
 * stop: it is not stopped from outside. `then` gets null for a lock that could not be had.
 */
export function using<T>(
  env: NodeEnv,
  service: RedLock,
  key: string,
  routine: (lock: Lock, signal: LossSignal) => Task<T>,
  then: (result: UsingResult<T>) => void,
): void {
  service.acquire(key, (lock) => {
    if (lock === null) then({ ok: false, reason: 'lock not acquired' });
    else env.spawn(run(service, lock, routine, then));
  });
}

function* run<T>(
  service: RedLock,
  lock: Lock,
  routine: (lock: Lock, signal: LossSignal) => Task<T>,
  then: (result: UsingResult<T>) => void,
): Task {
  let value: T;
  try {
    value = yield* routine(lock, lock.signal);
  } catch (error) {
    service.release(lock, () => undefined);
    throw error;
  }
  const lost = lock.signal.aborted;
  service.release(lock, () => {
    then({ ok: true, value, lost });
  });
}
