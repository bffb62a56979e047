import type { NodeEnv, NodeId } from '../../sim/engine/env.ts';
import { isOk, releaseChannel } from '../redis/index.ts';
import type { RedisRequest, Reply } from '../redis/index.ts';
import type { Attempt } from './attempt.ts';
import { driftOf, quorumOf, type RedlockConfig } from './config.ts';
import type { Lock } from './lock.ts';
import type { RedlockMonitor } from './monitor.ts';
import type { Ballot } from './quorum-call.ts';

const MS_US = 1_000;

/**
 * What RedLock decides by, each rule one method, as published in the Redis documentation, "Distributed Locks with
 * Redis" (RD). They ask and tell nobody; `redlock.ts` has the steps.
 */
export class RedLockRules {
  protected readonly env: NodeEnv;
  protected readonly config: RedlockConfig;
  protected readonly monitor: RedlockMonitor | null;
  protected readonly nodes: readonly NodeId[];

  constructor(env: NodeEnv, config: RedlockConfig, monitor: RedlockMonitor | null) {
    this.env = env;
    this.config = config;
    this.monitor = monitor;
    this.nodes = Array.from({ length: config.nodes }, (_, node) => node);
  }

  // --- time ---

  /** RD step 1. Monotonic: a wall clock that is set back would lengthen the lease. */
  protected clockUs(): number {
    return this.env.monotonicUs();
  }

  protected ttlUs(): number {
    return this.config.ttlUs;
  }

  protected driftUs(): number {
    return driftOf(this.config);
  }

  /** RD step 3. What is left of the time to live; it was at its full length when the attempt started, at the earliest. */
  protected validityUs({ startUs }: Attempt): number {
    return this.ttlUs() - (this.clockUs() - startUs) - this.driftUs();
  }

  protected isValid(validityUs: number): boolean {
    return validityUs > 0;
  }

  /** Between attempts a random pause, or contenders that met once meet again (RD, retry on failure). */
  protected retryDelayUs(): number {
    const { retryDelayUs, retryJitterUs } = this.config;
    return this.env
      .random('retry')
      .between(retryDelayUs - retryJitterUs, retryDelayUs + retryJitterUs);
  }

  // --- waiting, with wait: notify ---

  /** The keys that refused us are gone after their time to live: of a majority, then. A node that did not refuse is free now. */
  protected freeUs({ replies }: Ballot): number {
    const left = this.nodes.map((node) => {
      const reply = replies.get(node);
      return typeof reply === 'number' ? reply : 0;
    });
    return 1_000 * left.sort((a, b) => a - b)[this.quorum() - 1]!;
  }

  /** A message may be lost, and an expiry is told by nobody: no longer than the lock can live. */
  protected patienceUs(freeUs: number): number {
    return freeUs + MS_US;
  }

  /** All are told at once: on several servers, those who come at once split the votes. */
  protected wakeDelayUs(): number {
    if (this.nodes.length === 1) return 0;
    return this.env.random('retry').between(0, 2 * this.config.retryJitterUs);
  }

  /** The lock may have been released after the attempt and before the subscription: nobody was told. */
  protected asksAfterSubscribing(): boolean {
    return true;
  }

  // --- votes ---

  /** Of all nodes there are by configuration, never of those that can be reached. */
  protected quorum(): number {
    return quorumOf(this.nodes.length);
  }

  protected isWon(ballot: Ballot): boolean {
    return ballot.yes.length >= this.quorum();
  }

  /** Whether no answer still to come can make it a majority. */
  protected isLost({ no, silent }: Ballot): boolean {
    return no.length + silent.length > this.nodes.length - this.quorum();
  }

  /** Decided either way, or nobody is left to be heard: an even number of nodes may give neither. */
  protected isSettled(ballot: Ballot, asked: number): boolean {
    return this.isWon(ballot) || this.isLost(ballot) || heard(ballot) === asked;
  }

  /** In turn: whether the nodes not asked yet are asked all the same. A lock on more than a bare majority outlives the loss of one. */
  protected asksOn(ballot: Ballot): boolean {
    return !this.isLost(ballot);
  }

  protected isExtended(ballot: Ballot): boolean {
    return this.isWon(ballot);
  }

  // --- what is sent ---

  /** Unique to the attempt, so that a release hits nothing else (RD, correct implementation). */
  protected newValue(): string {
    const stream = this.env.random('lock-value');
    const word = (): string => stream.below(0x1_0000_0000).toString(16).padStart(8, '0');
    return word() + word() + word() + word();
  }

  /** Every lock of a section on this key: taken, extended and released as one. */
  protected keysOf(key: string): readonly string[] {
    return [key, ...(this.config.alsoLocks[key] ?? [])];
  }

  protected setRequest(key: string, value: string): RedisRequest {
    const keys = this.keysOf(key);
    if (keys.length > 1) return setOf('Set', 'acquire-all', keys, [value, this.ttlText()]);
    const command =
      this.config.wait === 'notify'
        ? ['EVALSHA', 'try-acquire', '1', key, value, this.ttlText()]
        : ['SET', key, value, 'NX', 'PX', this.ttlText()];
    return { type: 'Set', command };
  }

  protected releaseRequest(key: string, value: string): RedisRequest {
    const keys = this.keysOf(key);
    if (keys.length > 1) return setOf('Release', 'release-all', keys, [value]);
    const command =
      this.config.wait === 'notify'
        ? ['EVALSHA', 'release-and-tell', '1', key, value, releaseChannel(key)]
        : ['EVALSHA', 'release', '1', key, value];
    return { type: 'Release', command };
  }

  protected extendRequest({ key, grant }: Pick<Lock, 'key' | 'grant'>): RedisRequest {
    const keys = this.keysOf(key);
    if (keys.length > 1) return setOf('Extend', 'extend-all', keys, [grant, this.ttlText()]);
    return { type: 'Extend', command: ['EVALSHA', 'extend', '1', key, grant, this.ttlText()] };
  }

  /** The time to live as Redis wants it, whole milliseconds. */
  protected ttlText(): string {
    return String(Math.floor(this.ttlUs() / 1_000));
  }

  /** A server that restarted has forgotten its scripts: send the text. */
  protected retriesNoScript(): boolean {
    return true;
  }

  /** Whether a node's answer to {@link setRequest} gives the lock. */
  protected isGranted(reply: Reply): boolean {
    return isOk(reply);
  }

  // --- release ---

  /** All nodes (RD step 5), those that surely hold the key first: one whose answer was lost may have set it all the same. */
  protected releaseTargets({ acked }: Attempt): readonly NodeId[] {
    return [...acked, ...this.nodes.filter((node) => !acked.includes(node))];
  }

  /** Whether a failed attempt releases what it may have set. */
  protected releasesOnFailure(): boolean {
    return true;
  }

  /** Whether a node that answered so late keeps something of the attempt. */
  protected leavesTrace(granted: boolean): boolean {
    return granted;
  }

  /** An answer came for an attempt that is over: the node holds a key that nobody will use. */
  protected releasesLate(): boolean {
    return true;
  }

  // --- extension ---

  protected extendedUntilUs(startUs: number): number {
    return startUs + this.ttlUs() - this.driftUs();
  }

  /** Whether the lock is to be extended once more; bounded, so that a stuck holder does not keep it for ever (RD). */
  protected keepsAlive(lock: Lock): boolean {
    const { extend, maxExtensions } = this.config;
    return this.isHeld(lock) && (extend === 'watchdog' || lock.extensions < maxExtensions);
  }

  /** A watchdog tries again after a renewal that failed, while there is time; a bounded extension does not. */
  protected renewsAfterFailure(): boolean {
    return this.config.extend === 'watchdog';
  }

  /** Whether the holder may go on believing. */
  isHeld(lock: Lock): boolean {
    return !lock.over && this.clockUs() < lock.untilUs;
  }

  // --- fencing ---

  /** A majority must know a token before it is used, or the next holder would not see it. */
  protected writesTokenBack(): boolean {
    return true;
  }
}

export function heard({ yes, no, silent }: Ballot): number {
  return yes.length + no.length + silent.length;
}

/** A script on several keys at once. */
function setOf(
  type: RedisRequest['type'],
  script: string,
  keys: readonly string[],
  args: readonly string[],
): RedisRequest {
  return { type, command: ['EVALSHA', script, String(keys.length), ...keys, ...args] };
}
