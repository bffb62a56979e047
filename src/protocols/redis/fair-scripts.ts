import { turnChannel } from './channels.ts';
import { luaNumber } from './lua-numbers.ts';
import type { Call, Script } from './scripts.ts';

/**
 * The queue of a fair lock on the server, as Redisson's `RedissonFairLock` keeps it: a list of waiters, and a sorted set
 * of the times at which each may be dropped, one `waitTime` after the one before. Our own code, and three things differ.
 * The time is the server's (`TIME`) unless the caller sends its own, which Redisson always does. The timeouts are set
 * anew whenever the lock or the front changes hands, where Redisson takes `waitTime` off each (redisson/redisson#2100)
 * and leaves them behind when the lock is extended (#3004). And a waiter is known by a value of its own, not by its
 * thread, so that nothing is re-entered.
 *
 * Why nobody who keeps asking is dropped: the first one's time is over no earlier than `waitTime` after the lock was
 * free, or after the one before it was to be dropped; a question of its own in that time would have been answered with
 * the lock.
 *
 * Keys: the lock, the queue, the timeouts.
 */
export const fairScripts: Readonly<Record<string, Script>> = {
  /** Takes the lock or a place in the queue: 0, or the place from 1. Args: value, ttl ms, wait ms, perhaps the time in ms. */
  'fair-acquire': acquire,
  /** The same, and for how long the lock has to live: the place and that time in ms. */
  'fair-try-acquire': (call, keys, args) => [acquire(call, keys, args), call('PTTL', keys[0]!)],
  /** Ends the hold of this value, or its waiting: 1 when it had either, else 0. Args: value, wait ms, perhaps the time. */
  'fair-release': release,
  /** The same, and tells the first waiter when the lock is free. */
  'fair-release-and-tell': (call, keys, args) => {
    const released = release(call, keys, args);
    const [lock, list] = keys;
    const first = call('LINDEX', list!, '0');
    if (released === 1 && first !== null && call('EXISTS', lock!) === 0)
      call('PUBLISH', turnChannel(first as string), 'free');
    return released;
  },
  /** A new time to live for the lock of this value: 1, else 0. Args: value, ttl ms, wait ms, perhaps the time. */
  'fair-extend': (call, keys, [value, ttlMs, waitMs, timeMs]) => {
    const [lock] = keys;
    if (call('GET', lock!) !== value) return 0;
    call('PEXPIRE', lock!, ttlMs!);
    queueOf(call, keys, waitMs, timeMs).chain(0);
    return 1;
  },
};

function acquire(
  call: Call,
  keys: readonly string[],
  [value, ttlMs, waitMs, timeMs]: readonly string[],
): number {
  const queue = queueOf(call, keys, waitMs, timeMs);
  queue.dropStale();
  const [lock] = keys;
  const holder = call('GET', lock!);
  const waiters = queue.waiters();
  // One whose answer was lost asks again for what it has.
  const isTurn = holder === null && (waiters.length === 0 || waiters[0] === value);
  if (holder === value || isTurn) {
    call('SET', lock!, value!, 'PX', ttlMs!);
    queue.remove(value!);
    queue.chain(0);
    return 0;
  }
  return 1 + queue.join(value!);
}

function release(
  call: Call,
  keys: readonly string[],
  [value, waitMs, timeMs]: readonly string[],
): number {
  const queue = queueOf(call, keys, waitMs, timeMs);
  const [lock] = keys;
  if (call('GET', lock!) === value) {
    call('DEL', lock!);
    queue.chain(0);
    return 1;
  }
  const at = queue.waiters().indexOf(value!);
  if (at < 0) return 0;
  queue.remove(value!);
  queue.chain(at);
  return 1;
}

/** The waiters of one lock and their timeouts, within one script. */
function queueOf(
  call: Call,
  [lock, list, timeouts]: readonly string[],
  waitText: string | undefined,
  timeText: string | undefined,
) {
  const nowMs = luaNumber(timeText) ?? serverMs(call);
  // With a wait that is none, ZADD refuses the sum.
  const waitMs = luaNumber(waitText) ?? NaN;
  const waiters = (): readonly string[] => call('LRANGE', list!, '0', '-1') as readonly string[];
  const timeoutMs = (waiter: string): number => Number(call('ZSCORE', timeouts!, waiter));
  const remove = (waiter: string): void => {
    call('LREM', list!, '0', waiter);
    call('ZREM', timeouts!, waiter);
  };
  /** When the lock is free at the latest: the first waiter has `waitMs` from then on. */
  const freeMs = (): number => nowMs + Math.max(0, call('PTTL', lock!) as number);
  /** Sets the timeouts anew from this place on: each `waitMs` after the one before. */
  const chain = (from: number): void => {
    const all = waiters();
    let beforeMs = from === 0 ? freeMs() : timeoutMs(all[from - 1]!);
    const pairs = all.slice(from).flatMap((waiter) => {
      beforeMs += waitMs;
      return [String(beforeMs), waiter];
    });
    if (pairs.length > 0) call('ZADD', timeouts!, ...pairs);
  };
  return {
    waiters,
    remove,
    chain,
    /** Drops the first one while its time is over: who lives would have asked within it. */
    dropStale(): void {
      for (let first = waiters()[0]; first !== undefined; first = waiters()[0]) {
        if (timeoutMs(first) > nowMs) return;
        remove(first);
      }
    },
    /** The place of this waiter, from 0; the last one for who is new. */
    join(waiter: string): number {
      const place = waiters().indexOf(waiter);
      if (place >= 0) return place;
      const last = call('RPUSH', list!, waiter) as number;
      chain(last - 1);
      return last - 1;
    },
  };
}

function serverMs(call: Call): number {
  const [seconds, micros] = call('TIME') as readonly [string, string];
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
}
