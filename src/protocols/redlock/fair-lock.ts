import { turnChannel } from '../redis/index.ts';
import type { RedisRequest, Reply } from '../redis/index.ts';
import type { Attempt } from './attempt.ts';
import { placeIn } from './fair-order.ts';
import type { Lock } from './lock.ts';
import type { Ballot } from './quorum-call.ts';
import { RedLock, type ThenLock } from './redlock.ts';

/**
 * A lock on one server that is given in the order of a queue kept there, as Redisson's `RedissonFairLock` does. A waiter
 * asks again under the same value, which keeps its place; the server drops the first one when it stays silent. With
 * wait: notify the first waiter is told when the lock is released, which is only a hint to ask.
 */
export class FairLock extends RedLock {
  /** Asks until it has the lock or has asked often enough; one that gives up leaves the queue. */
  override acquire(key: string, then: ThenLock, asksLeft = this.config.retryCount): void {
    this.#askAgain(this.begin(key), then, asksLeft);
  }

  #askAgain(attempt: Attempt, then: ThenLock, asksLeft: number): void {
    attempt.startUs = this.clockUs();
    const end: ThenLock = (lock) => {
      if (lock === null) super.fail(attempt, then);
      else then(lock);
    };
    this.askOrWait(turnChannel(attempt.value), attempt, asksLeft, end, () => {
      this.#askAgain(attempt, then, asksLeft - 1);
    });
  }

  /** Who is told nothing asks often enough, besides, to keep its place. */
  protected override patienceUs(freeUs: number): number {
    return Math.min(super.patienceUs(freeUs), Math.floor(this.config.fairWaitUs / 2));
  }

  /** A lock that is free and not ours is the first waiter's, who has been told; we are told after it. */
  protected override freeUs({ replies }: Ballot): number {
    const [reply] = replies.values();
    if (!Array.isArray(reply)) return 0;
    const [, leftMs] = reply as [place: number, leftMs: number];
    return leftMs > 0 ? 1_000 * leftMs : this.config.fairWaitUs;
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
    const script = this.config.wait === 'notify' ? 'fair-try-acquire' : 'fair-acquire';
    return this.#script('Queue', script, key, [value, this.ttlText()]);
  }

  protected override releaseRequest(key: string, value: string): RedisRequest {
    const script = this.config.wait === 'notify' ? 'fair-release-and-tell' : 'fair-release';
    return this.#script('Release', script, key, [value]);
  }

  protected override extendRequest({ key, grant }: Lock): RedisRequest {
    return this.#script('Extend', 'fair-extend', key, [grant, this.ttlText()]);
  }

  /** The script answers with the place in the queue, and perhaps more; 0 is the lock. */
  protected override isGranted(reply: Reply): boolean {
    return placeIn(reply) === 0;
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
