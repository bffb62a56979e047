import type { NodeEnv, NodeId, Task } from '../../sim/engine/env.ts';
import type { LockService } from '../locks/index.ts';
import { isOk, releaseChannel } from '../redis/index.ts';
import type { Published, RedisRequest, Reply } from '../redis/index.ts';
import type { Attempt } from './attempt.ts';
import type { RedlockConfig } from './config.ts';
import { Keeper } from './keeper.ts';
import type { Lock } from './lock.ts';
import { LossSignal, type LossReason } from './loss-signal.ts';
import type { RedlockMonitor } from './monitor.ts';
import { quorumCall, type Ballot } from './quorum-call.ts';
import { RedisCaller } from './redis-caller.ts';
import { RedLockRules } from './rules.ts';
import { quorumToken, singleNodeToken, type TokenPorts } from './tokens.ts';
import { Notified, Polling, type Waiting } from './waiting.ts';

/** What to ask of every node, and what to do with the answers. */
export interface Question {
  /** Default: all. */
  readonly nodes?: readonly NodeId[];
  readonly request: (node: NodeId) => RedisRequest;
  readonly isYes: (reply: Reply) => boolean;
  /** Default: the nodes not asked yet are asked in any case. */
  readonly asksOn?: (ballot: Ballot) => boolean;
  readonly then: (ballot: Ballot) => void;
  readonly late?: (node: NodeId, yes: boolean) => void;
}

export type ThenLock = (lock: Lock | null) => void;

/**
 * The RedLock algorithm as published by its author, step by step: note the time; SET NX PX on all nodes; it is locked
 * with a majority and time left after the time spent and the drift margin; otherwise release on all nodes.
 */
export class RedLock extends RedLockRules implements LockService<Lock> {
  readonly #attempts = new Map<string, Attempt>();
  readonly #caller: RedisCaller;
  readonly #keeper: Keeper;
  readonly #tokens: TokenPorts;
  protected readonly waiting: Waiting;

  constructor(env: NodeEnv, config: RedlockConfig, monitor: RedlockMonitor | null) {
    super(env, config, monitor);
    this.#caller = new RedisCaller(
      env,
      config,
      () => this.retriesNoScript(),
      (node, { type, command }) => {
        if (type === 'Release') monitor?.releaseRefused(firstArgument(command), node);
      },
    );
    this.#keeper = new Keeper(env, config, {
      clockUs: () => this.clockUs(),
      ttlUs: () => this.ttlUs(),
      isHeld: (lock) => this.isHeld(lock),
      keepsAlive: (lock) => this.keepsAlive(lock),
      renewsAfterFailure: () => this.renewsAfterFailure(),
      extend: (lock, then) => {
        this.extend(lock, then);
      },
      lose: (lock, reason) => {
        this.#lose(lock, reason);
      },
    });
    this.#tokens = {
      askAll: (question) => {
        this.askAll(question);
      },
      isWon: (ballot) => this.isWon(ballot),
      askInteger: (request, then) => {
        env.spawn(this.#caller.integer(request, then));
      },
      writesBack: () => this.writesTokenBack(),
    };
    this.waiting = new (config.wait === 'notify' ? Notified : Polling)({
      askAll: (question) => {
        this.askAll(question);
      },
      isWon: (ballot) => this.isWon(ballot),
      after: (delayUs, act) => {
        this.after(delayUs, act);
      },
      retryDelayUs: () => this.retryDelayUs(),
      wakeDelayUs: () => this.wakeDelayUs(),
      asksAfterSubscribing: () => this.asksAfterSubscribing(),
      freeUs: (ballot) => this.freeUs(ballot),
      patienceUs: (freeUs) => this.patienceUs(freeUs),
      subscribing: (channel) => monitor?.newsOrder?.subscribing(channel, env.id),
      waits: (channel) => monitor?.newsOrder?.waits(channel, env.id),
    });
  }

  /** A server tells of a channel that this client listens to. */
  onPublished(message: Published): void {
    this.waiting.heard(message);
  }

  /** Tries until it holds the lock or has used up its retries; `then` gets the lock or null. */
  acquire(key: string, then: ThenLock, retriesLeft = this.config.retryCount): void {
    this.askOrWait(releaseChannel(key), this.begin(key), retriesLeft, then, () => {
      this.acquire(key, then, retriesLeft - 1);
    });
  }

  /** Ends the lock here first, then on all nodes. */
  release(lock: Lock, then: () => void): void {
    this.endLock(lock);
    this.#releaseAll(this.#attempts.get(lock.grant)!, then);
  }

  /** Gives the lock a whole new time to live, where it still stands; `then` learns whether that worked. */
  extend(lock: Lock, then: (extended: boolean) => void): void {
    if (!this.isHeld(lock)) {
      then(false);
      return;
    }
    const startUs = this.clockUs();
    this.monitor?.extending(lock.grant);
    this.askAll({
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

  // --- the steps ---

  /** Asks once: `again` is called when it is worth asking once more, `then` when it has the lock or no try is left. */
  protected askOrWait(
    channel: string,
    attempt: Attempt,
    triesLeft: number,
    then: ThenLock,
    again: () => void,
  ): void {
    this.waiting.asks(channel);
    this.ask(attempt, (lock) => {
      if (lock === null && triesLeft > 0) {
        this.waiting.pause(channel, attempt.ballot, again);
        return;
      }
      this.waiting.done(channel);
      then(lock);
    });
  }

  protected begin(key: string): Attempt {
    const attempt: Attempt = {
      key,
      value: this.newValue(),
      startUs: this.clockUs(),
      ended: false,
      acked: [],
      ballot: null,
    };
    this.#attempts.set(attempt.value, attempt);
    this.monitor?.attemptBegan(attempt.value, this.env.id, this.keysOf(key), () =>
      this.env.monotonicUs(),
    );
    return attempt;
  }

  protected ask(attempt: Attempt, then: ThenLock): void {
    this.askAll({
      request: () => this.setRequest(attempt.key, attempt.value),
      isYes: (reply) => this.isGranted(reply),
      asksOn: (ballot) => this.asksOn(ballot),
      then: (ballot) => {
        attempt.acked.push(...ballot.yes);
        this.decide(attempt, ballot, then);
      },
      late: (node, yes) => {
        if (!attempt.ended || !this.leavesTrace(yes)) return;
        this.monitor?.lateVote(attempt.value, node);
        if (this.releasesLate()) this.#releaseOne(attempt, node);
      },
    });
  }

  protected decide(attempt: Attempt, ballot: Ballot, then: ThenLock): void {
    const { key, value } = attempt;
    const won = this.isWon(ballot) && this.isValid(this.validityUs(attempt));
    this.monitor?.decided(value, ballot.yes.length, this.validityUs(attempt), won);
    attempt.ballot = ballot;
    if (!won) this.fail(attempt, then);
    else if (this.config.fence === 'none') this.#finish(attempt, ballot, null, then);
    else {
      const next = this.config.fence === 'single-node-incr' ? singleNodeToken : quorumToken;
      next(this.#tokens, key, (token) => {
        if (token === null || !this.isValid(this.validityUs(attempt))) this.fail(attempt, then);
        else this.#finish(attempt, ballot, token, then);
      });
    }
  }

  #finish(attempt: Attempt, ballot: Ballot, token: number | null, then: ThenLock): void {
    const { key, value } = attempt;
    const validityUs = this.validityUs(attempt);
    const lock: Lock = {
      key,
      grant: value,
      token,
      untilUs: this.clockUs() + validityUs,
      extensions: 0,
      over: false,
      signal: new LossSignal(),
    };
    const grant = { id: value, key, client: this.env.id, token };
    this.monitor?.granted(grant, ballot.yes.length, validityUs);
    this.env.mark('acquired', { key, token });
    this.#keeper.keep(lock);
    then(lock);
  }

  protected fail(attempt: Attempt, then: ThenLock): void {
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

  #lose(lock: Lock, reason: LossReason): void {
    if (lock.over) return;
    this.env.mark(reason === 'deadline' ? 'expired' : 'extension-failed', { key: lock.key });
    this.endLock(lock);
    lock.signal.abort(reason);
  }

  #releaseAll(attempt: Attempt, then: () => void): void {
    attempt.ended = true;
    this.monitor?.attemptEnded(attempt.value);
    this.askAll({
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

  protected askAll(question: Question): void {
    const { nodes = this.nodes } = question;
    quorumCall(this.env, {
      nodes,
      sequential: this.config.contact === 'sequential',
      nodeTimeoutUs: this.config.nodeTimeoutUs,
      ask: (node) => this.#caller.ask(node, () => question.request(node)),
      isYes: question.isYes,
      isSettled: (ballot) => this.isSettled(ballot, nodes.length),
      asksOn: question.asksOn ?? (() => true),
      then: question.then,
      late: question.late ?? (() => undefined),
    });
  }

  protected after(delayUs: number, act: () => void): void {
    const { env } = this;
    env.spawn(
      (function* (): Task {
        yield* env.sleep(delayUs);
        act();
      })(),
    );
  }
}

/** The first argument of an EVALSHA or EVAL, after its keys: of all scripts that release, the lock's value. */
function firstArgument(command: readonly string[]): string {
  return command[3 + Number(command[2])]!;
}
