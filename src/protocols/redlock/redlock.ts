import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { LockService } from '../locks/index.ts';
import { isOk } from '../redis/index.ts';
import type { RedisRequest, Reply } from '../redis/index.ts';
import { driftOf, quorumOf, type RedlockConfig } from './config.ts';
import type { Lock } from './lock.ts';
import type { RedlockMonitor } from './monitor.ts';
import { quorumCall, type Ballot } from './quorum-call.ts';
import { RedisCaller } from './redis-caller.ts';

/** What to ask of every node, and what to do with the answers. */
interface Question {
  /** Default: all. */
  readonly nodes?: readonly NodeId[];
  readonly request: (node: NodeId) => RedisRequest;
  readonly isYes: (reply: Reply) => boolean;
  readonly then: (ballot: Ballot) => void;
  readonly late?: (node: NodeId, yes: boolean) => void;
}

/** One try to lock: all that a failed try leaves behind carries its value. */
export interface Attempt {
  readonly key: string;
  readonly value: string;
  readonly startUs: number;
  /** Given up or released: what still arrives for it is released again. */
  ended: boolean;
  readonly acked: NodeId[];
}

/**
 * The RedLock algorithm as published by its author, step by step: note the time; SET NX PX on all nodes; it is locked
 * with a majority and time left after the time spent and the drift margin; otherwise release on all nodes. Each rule is
 * a method.
 */
export class RedLock implements LockService<Lock> {
  protected readonly env: NodeEnv;
  protected readonly config: RedlockConfig;
  protected readonly monitor: RedlockMonitor | null;
  protected readonly nodes: readonly NodeId[];
  readonly #attempts = new Map<string, Attempt>();
  readonly #caller: RedisCaller;

  constructor(env: NodeEnv, config: RedlockConfig, monitor: RedlockMonitor | null) {
    this.env = env;
    this.config = config;
    this.monitor = monitor;
    this.nodes = Array.from({ length: config.nodes }, (_, node) => node);
    this.#caller = new RedisCaller(
      env,
      config,
      () => this.retriesNoScript(),
      (node, { type, command }) => {
        if (type === 'Release') monitor?.releaseRefused(command[4]!, node);
      },
    );
  }

  /** Tries until it holds the lock or has used up its retries; `then` gets the lock or null. */
  acquire(
    key: string,
    then: (lock: Lock | null) => void,
    retriesLeft = this.config.retryCount,
  ): void {
    this.tryOnce(key, (lock) => {
      if (lock !== null || retriesLeft === 0) then(lock);
      else
        this.#after(this.retryDelayUs(), () => {
          this.acquire(key, then, retriesLeft - 1);
        });
    });
  }

  /** Ends the lock here first, then on all nodes. */
  release(lock: Lock, then: () => void): void {
    this.endLock(lock);
    this.#releaseAll(this.#attempts.get(lock.grant)!, then);
  }

  /** Gives the lock a whole new time to live, where it still stands; `then` learns whether that worked. */
  extend(lock: Lock, then: (extended: boolean) => void): void {
    const startUs = this.clockUs();
    this.#askAll({
      request: () => this.extendRequest(lock),
      isYes: (reply) => reply === 1 || isOk(reply),
      then: (ballot) => {
        const untilUs = this.extendedUntilUs(startUs);
        const extended = !lock.over && this.isExtended(ballot) && untilUs > this.clockUs();
        if (extended) lock.untilUs = untilUs;
        then(extended);
      },
    });
  }

  isHeld(lock: Lock): boolean {
    return !lock.over && this.clockUs() < lock.untilUs;
  }

  // --- the rules ---

  protected clockUs(): number {
    return this.env.monotonicUs();
  }

  protected newValue(): string {
    const stream = this.env.random('lock-value');
    const word = (): string => stream.below(0x1_0000_0000).toString(16).padStart(8, '0');
    return word() + word() + word() + word();
  }

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

  protected isSettled(ballot: Ballot): boolean {
    return this.isWon(ballot) || this.isLost(ballot);
  }

  protected driftUs(): number {
    return driftOf(this.config);
  }

  protected ttlUs(): number {
    return this.config.ttlUs;
  }

  /** What is left of the time to live; it was at its full length when the attempt started, at the earliest. */
  protected validityUs({ startUs }: Attempt): number {
    return this.ttlUs() - (this.clockUs() - startUs) - this.driftUs();
  }

  protected isValid(validityUs: number): boolean {
    return validityUs > 0;
  }

  protected setRequest(key: string, value: string): RedisRequest {
    const ttlMs = String(Math.floor(this.ttlUs() / 1_000));
    return { type: 'Set', command: ['SET', key, value, 'NX', 'PX', ttlMs] };
  }

  protected releaseRequest(key: string, value: string): RedisRequest {
    return { type: 'Release', command: ['EVALSHA', 'release', '1', key, value] };
  }

  protected extendRequest({ key, grant }: Lock): RedisRequest {
    const ttlMs = String(Math.floor(this.ttlUs() / 1_000));
    return { type: 'Extend', command: ['EVALSHA', 'extend', '1', key, grant, ttlMs] };
  }

  /** All nodes, those that surely hold the key first: one whose answer was lost may have set it all the same. */
  protected releaseTargets({ acked }: Attempt): readonly NodeId[] {
    return [...acked, ...this.nodes.filter((node) => !acked.includes(node))];
  }

  /** Whether a failed attempt releases what it may have set. */
  protected releasesOnFailure(): boolean {
    return true;
  }

  /** An answer came for an attempt that is over: the node holds a key that nobody will use. */
  protected releaseLate(attempt: Attempt, node: NodeId): void {
    this.#releaseOne(attempt, node);
  }

  protected retryDelayUs(): number {
    const { retryDelayUs, retryJitterUs } = this.config;
    return this.env
      .random('retry')
      .between(retryDelayUs - retryJitterUs, retryDelayUs + retryJitterUs);
  }

  protected isExtended(ballot: Ballot): boolean {
    return this.isWon(ballot);
  }

  protected extendedUntilUs(startUs: number): number {
    return startUs + this.ttlUs() - this.driftUs();
  }

  /** A server that restarted has forgotten its scripts: send the text. */
  protected retriesNoScript(): boolean {
    return true;
  }

  /** The token of a new lock: greater than every token before it. Null for `then`: it cannot be had. */
  protected fence(key: string, then: (token: number | null) => void): void {
    if (this.config.fence === 'single-node-incr') {
      const request: RedisRequest = { type: 'Incr', command: ['INCR', fenceKey(key)] };
      this.env.spawn(this.#caller.integer(request, then));
      return;
    }
    this.#askAll({
      request: () => ({ type: 'Get', command: ['GET', fenceKey(key)] }),
      isYes: () => true,
      then: (ballot) => {
        if (!this.isWon(ballot)) {
          then(null);
          return;
        }
        const token = 1 + Math.max(...[...ballot.replies.values()].map(Number));
        this.writeBack(key, token, then);
      },
    });
  }

  /** A majority must know the token before it is used, or the next holder would not see it. */
  protected writeBack(key: string, token: number, then: (token: number | null) => void): void {
    this.#askAll({
      request: () => ({
        type: 'Fence',
        command: ['EVALSHA', 'fence', '1', fenceKey(key), String(token)],
      }),
      isYes: (reply) => reply === token,
      then: (written) => {
        then(this.isWon(written) ? token : null);
      },
    });
  }

  // --- the steps ---

  protected beginAttempt(key: string): Attempt {
    const attempt: Attempt = {
      key,
      value: this.newValue(),
      startUs: this.clockUs(),
      ended: false,
      acked: [],
    };
    this.#attempts.set(attempt.value, attempt);
    this.monitor?.attemptBegan(attempt.value, this.env.id);
    return attempt;
  }

  protected tryOnce(key: string, then: (lock: Lock | null) => void): void {
    const attempt = this.beginAttempt(key);
    this.#askAll({
      request: () => this.setRequest(key, attempt.value),
      isYes: isOk,
      then: (ballot) => {
        attempt.acked.push(...ballot.yes);
        this.decide(attempt, ballot, then);
      },
      late: (node, yes) => {
        if (yes && attempt.ended) this.releaseLate(attempt, node);
      },
    });
  }

  protected decide(attempt: Attempt, ballot: Ballot, then: (lock: Lock | null) => void): void {
    if (!this.isWon(ballot) || !this.isValid(this.validityUs(attempt))) this.#fail(attempt, then);
    else if (this.config.fence === 'none') this.#finish(attempt, ballot, null, then);
    else
      this.fence(attempt.key, (token) => {
        if (token === null || !this.isValid(this.validityUs(attempt))) this.#fail(attempt, then);
        else this.#finish(attempt, ballot, token, then);
      });
  }

  #finish(
    attempt: Attempt,
    ballot: Ballot,
    token: number | null,
    then: (lock: Lock | null) => void,
  ): void {
    const { key, value } = attempt;
    const validityUs = this.validityUs(attempt);
    const untilUs = this.clockUs() + validityUs;
    const lock: Lock = { key, grant: value, token, untilUs, extensions: 0, over: false };
    const grant = { id: value, key, client: this.env.id, token };
    this.monitor?.granted(grant, ballot.yes.length, validityUs);
    this.env.mark('acquired', { key, token });
    this.env.spawn(this.#watchDeadline(lock));
    if (this.config.extend !== 'none') this.env.spawn(this.#keepExtending(lock));
    then(lock);
  }

  #fail(attempt: Attempt, then: (lock: Lock | null) => void): void {
    if (this.releasesOnFailure()) this.#releaseAll(attempt, () => undefined);
    else {
      attempt.ended = true;
      this.monitor?.attemptEnded(attempt.value);
    }
    then(null);
  }

  protected endLock(lock: Lock): void {
    if (lock.over) return;
    lock.over = true;
    this.monitor?.beliefEnded(lock.grant);
  }

  *#watchDeadline(lock: Lock): Task {
    while (this.isHeld(lock)) yield* this.env.sleep(Math.max(1, lock.untilUs - this.clockUs()));
    if (!lock.over) this.env.mark('expired', { key: lock.key });
    this.endLock(lock);
  }

  *#keepExtending(lock: Lock): Task {
    const { extend, extendThresholdUs } = this.config;
    for (;;) {
      const pauseUs =
        extend === 'watchdog'
          ? Math.floor(this.ttlUs() / 3)
          : lock.untilUs - extendThresholdUs - this.clockUs();
      yield* this.env.sleep(Math.max(1, pauseUs));
      if (!this.keepsAlive(lock)) return;
      lock.extensions += 1;
      const answer = { came: false };
      this.extend(lock, (extended) => {
        answer.came = true;
        // A watchdog tries again; a bounded extension that failed is the end of the lock.
        if (!extended && extend === 'auto' && !lock.over) {
          this.env.mark('extension-failed', { key: lock.key });
          this.endLock(lock);
        }
      });
      while (!answer.came) yield* this.env.sleep(this.config.nodeTimeoutUs);
    }
  }

  /** Whether the lock is to be extended once more. */
  protected keepsAlive(lock: Lock): boolean {
    const { extend, maxExtensions } = this.config;
    return this.isHeld(lock) && (extend === 'watchdog' || lock.extensions < maxExtensions);
  }

  #releaseAll(attempt: Attempt, then: () => void): void {
    attempt.ended = true;
    this.monitor?.attemptEnded(attempt.value);
    this.#askAll({
      nodes: this.releaseTargets(attempt),
      request: (node) => this.#releaseFor(attempt, node),
      isYes: () => true,
      then,
    });
  }

  #releaseOne(attempt: Attempt, node: NodeId): void {
    this.env.spawn(this.#caller.ask(node, () => this.#releaseFor(attempt, node)));
  }

  #releaseFor(attempt: Attempt, node: NodeId): RedisRequest {
    this.monitor?.releaseSent(attempt.value, node);
    return this.releaseRequest(attempt.key, attempt.value);
  }

  #askAll(question: Question): void {
    const { nodes = this.nodes } = question;
    quorumCall(this.env, {
      nodes,
      sequential: this.config.contact === 'sequential',
      nodeTimeoutUs: this.config.nodeTimeoutUs,
      ask: (node) => this.#caller.ask(node, () => question.request(node)),
      isYes: question.isYes,
      isSettled: (ballot) => this.isSettled(ballot),
      then: question.then,
      late: question.late ?? (() => undefined),
    });
  }

  #after(delayUs: number, act: () => void): void {
    const { env } = this;
    env.spawn(
      (function* (): Task {
        yield* env.sleep(delayUs);
        act();
      })(),
    );
  }
}

function fenceKey(key: string): string {
  return `fence:${key}`;
}
