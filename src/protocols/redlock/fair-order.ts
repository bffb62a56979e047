import type { NodeId } from '../../sim/engine/env.ts';
import { inMs } from '../locks/index.ts';
import type { ReportViolation } from '../protocol.ts';
import type { Reply } from '../redis/index.ts';
import type { RedlockConfig } from './config.ts';

interface Waiter {
  /** Under which it asks. */
  readonly value: string;
  readonly key: string;
  readonly client: NodeId;
  /** Numbers that rise with time: when its first question came, and when it was told that it is queued. */
  readonly cameAt: number;
  queuedAt: number | null;
  queuedUs: number;
  /** When the last question of its that was answered had come. */
  askedUs: number;
  /** Its place may lie in the page cache alone, so that an answer proves nothing. */
  doubtful: boolean;
  /** It has had the lock. */
  served: boolean;
}

/**
 * Judges, in true time and from the server's side, whether a queue is served in its order. It counts who was *told* that
 * it is queued before the other one came: what was not answered, a power loss may take back.
 */
export class FairOrder {
  /** How often a waiter that lived was passed by one that came later. */
  overtakes = 0;
  /** The longest time for which one that was gone stood in a queue, µs. */
  deadWaiterUs = 0;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  readonly #nowUs: () => number;
  /** A queue that the server forgets cannot be kept to. */
  readonly #promised: boolean;
  /** Who is silent for longer may be dropped. */
  readonly #silenceUs: number;
  readonly #waiters = new Map<string, Waiter>();
  /** When the client that asks under this value gave up, released or died: perhaps before its question came. */
  readonly #goneUs: (value: string) => number | null;
  /** By question, as an object: whose it is, and when it came. Its answer may wait for the disk. */
  readonly #asking = new WeakMap<readonly string[], { waiter: Waiter; atUs: number }>();
  readonly #queues = new Map<string, readonly string[]>();
  #steps = 0;

  constructor(
    { fair, redis, fairWaitUs, driftPpm, driftConstUs }: RedlockConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
    goneUs: (value: string) => number | null,
  ) {
    this.#goneUs = goneUs;
    this.#nameOf = nameOf;
    this.#report = report;
    this.#nowUs = nowUs;
    this.#promised = fair && redis.aof === 'always';
    // A sound server's clock may run fast by the drift margin, and it counts in whole milliseconds.
    this.#silenceUs = fairWaitUs * (1 - driftPpm / 1_000_000) - driftConstUs - 1_000;
  }

  asked(command: readonly string[], client: NodeId): void {
    const question = questionOf(command);
    if (question === null) return;
    const { key, value } = question;
    const waiter = this.#waiters.get(value) ?? newcomer(value, key, client, this.#next());
    this.#waiters.set(value, waiter);
    this.#asking.set(command, { waiter, atUs: this.#nowUs() });
  }

  /** The answer to a question: a place in the queue from 1, or 0 for the lock. */
  answered(command: readonly string[], reply: Reply): void {
    const question = this.#asking.get(command);
    const place = placeIn(reply);
    if (question === undefined || place === null || place === 0) return;
    const { waiter, atUs } = question;
    // A late answer may come after the lock was given.
    if (waiter.served) return;
    const silentUs = atUs - waiter.askedUs;
    // One that was silent may have been dropped, and stand at the end.
    if (waiter.queuedAt === null || silentUs >= this.#silenceUs) {
      waiter.queuedAt = this.#next();
      waiter.queuedUs = this.#nowUs();
    }
    waiter.askedUs = atUs;
  }

  /** The server gave the lock to this value, or gave it a new time to live. */
  granted(key: string, value: string): void {
    const winner = this.#waiters.get(value);
    if (winner === undefined || winner.served) return;
    winner.served = true;
    for (const other of this.#waiters.values())
      if (other.key === key && this.#isPassed(other, winner)) {
        this.overtakes += 1;
        if (this.#promised) this.#reportPassed(other, winner);
      }
  }

  /** The server has read its file again, whatever of it the disk has, and answers from that. */
  restarted(): void {
    for (const waiter of this.#waiters.values()) waiter.doubtful ||= waiter.queuedAt === null;
  }

  /** The server's queue, by its own key. */
  queued(queue: string, values: readonly string[]): void {
    for (const value of this.#queues.get(queue) ?? []) {
      const goneUs = this.#goneUs(value);
      if (goneUs !== null && !values.includes(value))
        this.deadWaiterUs = Math.max(this.deadWaiterUs, this.#nowUs() - goneUs);
    }
    for (const value of values) {
      const waiter = this.#waiters.get(value);
      // It had the lock and lost it, or a power loss took the grant back: then it stands where it stood.
      if (waiter?.served === true && this.#goneUs(value) === null)
        this.#waiters.set(value, newcomer(value, waiter.key, waiter.client, waiter.cameAt));
    }
    this.#queues.set(queue, values);
  }

  #isPassed(other: Waiter, winner: Waiter): boolean {
    return (
      !other.served &&
      this.#goneUs(other.value) === null &&
      !other.doubtful &&
      other.queuedAt !== null &&
      other.queuedAt < winner.cameAt &&
      this.#nowUs() - other.askedUs < this.#silenceUs
    );
  }

  #next(): number {
    this.#steps += 1;
    return this.#steps;
  }

  #reportPassed(other: Waiter, winner: Waiter): void {
    const passed = this.#nameOf(other.client);
    this.#report({
      invariant: 'fair-order',
      sentence: `the server gave lock ${winner.key} to ${this.#nameOf(winner.client)} while ${passed}, which came before it, waited and kept asking.`,
      because: [
        `${passed} stood in the queue since ${inMs(other.queuedUs)}, before ${this.#nameOf(winner.client)} asked for the first time.`,
        `It last asked ${inMs(this.#nowUs() - other.askedUs)} ago; who is silent for ${inMs(this.#silenceUs)} may be dropped.`,
      ],
      nodes: [other.client, winner.client],
    });
  }
}

function newcomer(value: string, key: string, client: NodeId, cameAt: number): Waiter {
  return {
    value,
    key,
    client,
    cameAt,
    queuedAt: null,
    queuedUs: 0,
    askedUs: 0,
    doubtful: false,
    served: false,
  };
}

/** The lock and the value of a request for a fair lock; null for any other command. */
function questionOf(command: readonly string[]): { key: string; value: string } | null {
  const [, script, , key, , , value] = command;
  return isFairQuestion(script) ? { key: key!, value: value! } : null;
}

export function isFairQuestion(script: string | undefined): boolean {
  return script === 'fair-acquire' || script === 'fair-try-acquire';
}

/** The place that the answer to a question gives, 0 for the lock; null: it is an error. */
export function placeIn(reply: Reply): number | null {
  const place: unknown = Array.isArray(reply) ? reply[0] : reply;
  return typeof place === 'number' ? place : null;
}
