import type { RedisRequest, Reply } from '../redis/index.ts';
import type { Attempt } from './attempt.ts';
import type { Lock } from './lock.ts';
import { RedLock, type ThenLock } from './redlock.ts';

/**
 * A lock on one server that is given in the order of a queue kept there, as Redisson's `RedissonFairLock` does. A waiter
 * asks again under the same value, which keeps its place; the server drops the first one when it stays silent. Nobody is
 * woken: what Redisson publishes to the next waiter is only a hint to ask.
 */
export class FairLock extends RedLock {
  /** Asks until it has the lock or has asked often enough; one that gives up leaves the queue. */
  override acquire(key: string, then: ThenLock, asksLeft = this.config.retryCount): void {
    this.#askAgain(this.begin(key), then, asksLeft);
  }

  #askAgain(attempt: Attempt, then: ThenLock, asksLeft: number): void {
    attempt.startUs = this.clockUs();
    this.ask(attempt, (lock) => {
      if (lock !== null) then(lock);
      else if (asksLeft === 0) super.fail(attempt, then);
      else
        this.after(this.retryDelayUs(), () => {
          this.#askAgain(attempt, then, asksLeft - 1);
        });
    });
  }

  /** Not won yet: it keeps its place, and a lock whose answer was lost. */
  protected override fail(_attempt: Attempt, then: ThenLock): void {
    then(null);
  }

  /**
   * The time that timeouts are counted in. None is sent: the server takes its own, which is one for all waiters.
   * (RedissonFairLock sends `System.currentTimeMillis()`; Redis allows TIME in scripts that write since 5.0.)
   */
  protected clockArguments(): readonly string[] {
    return [];
  }

  protected override setRequest(key: string, value: string): RedisRequest {
    return this.#script('Queue', 'fair-acquire', key, [value, this.ttlText()]);
  }

  protected override releaseRequest(key: string, value: string): RedisRequest {
    return this.#script('Release', 'fair-release', key, [value]);
  }

  protected override extendRequest({ key, grant }: Lock): RedisRequest {
    return this.#script('Extend', 'fair-extend', key, [grant, this.ttlText()]);
  }

  /** The script answers with the place in the queue; 0 is the lock. */
  protected override isGranted(reply: Reply): boolean {
    return reply === 0;
  }

  /** One that came after all has a place in the queue, if not the lock. */
  protected override leavesTrace(): boolean {
    return true;
  }

  #script(
    type: RedisRequest['type'],
    name: string,
    key: string,
    args: readonly string[],
  ): RedisRequest {
    const keys = [key, `queue:${key}`, `timeouts:${key}`];
    const waitMs = String(Math.floor(this.config.fairWaitUs / 1_000));
    return {
      type,
      command: ['EVALSHA', name, '3', ...keys, ...args, waitMs, ...this.clockArguments()],
    };
  }
}
