import type { NodeId } from '../../sim/engine/env.ts';
import { inMs } from '../locks/index.ts';
import type { ReportViolation } from '../protocol.ts';
import type { Reply } from '../redis/index.ts';
import type { RedlockConfig } from './config.ts';

interface Waiter {
  readonly key: string;
  readonly client: NodeId;
  /** Numbers that rise with time: when its first question came, and when it was told that it is queued. */
  readonly cameAt: number;
  queuedAt: number | null;
  queuedUs: number;
  /** When it last heard from the server. */
  heardUs: number;
  /** It has had the lock. */
  served: boolean;
  /** When its client gave up, released or died. */
  goneUs: number | null;
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
  readonly #queues = new Map<string, readonly string[]>();
  #steps = 0;

  constructor(
    { fair, redis, fairWaitUs, driftPpm, driftConstUs }: RedlockConfig,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
    nowUs: () => number,
  ) {
    this.#nameOf = nameOf;
    this.#report = report;
    this.#nowUs = nowUs;
    this.#promised = fair && redis.aof === 'always';
    // A sound server's clock may run fast by the drift margin, and it counts in whole milliseconds.
    this.#silenceUs = fairWaitUs * (1 - driftPpm / 1_000_000) - driftConstUs - 1_000;
  }

  asked(command: readonly string[], client: NodeId): void {
    const { key, value } = questionOf(command) ?? {};
    if (key === undefined || value === undefined || this.#waiters.has(value)) return;
    this.#waiters.set(value, this.#newcomer(key, client));
  }

  /** The answer to a question: a place in the queue from 1, or 0 for the lock. */
  answered(command: readonly string[], place: Reply): void {
    const { value } = questionOf(command) ?? {};
    const waiter = value === undefined ? undefined : this.#waiters.get(value);
    if (waiter === undefined || typeof place !== 'number' || place === 0) return;
    const silentUs = this.#nowUs() - waiter.heardUs;
    // It had the lock and lost it, or it was silent: it may stand at the end.
    if (waiter.served) this.#waiters.set(value!, this.#newcomer(waiter.key, waiter.client));
    const now = this.#waiters.get(value!)!;
    if (now.queuedAt === null || silentUs >= this.#silenceUs) {
      now.queuedAt = this.#next();
      now.queuedUs = this.#nowUs();
    }
    now.heardUs = this.#nowUs();
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

  /** Its client has given up or released. */
  ended(value: string): void {
    const waiter = this.#waiters.get(value);
    if (waiter !== undefined) waiter.goneUs ??= this.#nowUs();
  }

  died(client: NodeId): void {
    for (const waiter of this.#waiters.values())
      if (waiter.client === client) waiter.goneUs ??= this.#nowUs();
  }

  /** The server's queue, by its own key. */
  queued(queue: string, values: readonly string[]): void {
    for (const value of this.#queues.get(queue) ?? []) {
      const goneUs = this.#waiters.get(value)?.goneUs ?? null;
      if (goneUs !== null && !values.includes(value))
        this.deadWaiterUs = Math.max(this.deadWaiterUs, this.#nowUs() - goneUs);
    }
    this.#queues.set(queue, values);
  }

  #isPassed(other: Waiter, winner: Waiter): boolean {
    return (
      !other.served &&
      other.goneUs === null &&
      other.queuedAt !== null &&
      other.queuedAt < winner.cameAt &&
      this.#nowUs() - other.heardUs < this.#silenceUs
    );
  }

  #newcomer(key: string, client: NodeId): Waiter {
    return {
      key,
      client,
      cameAt: this.#next(),
      queuedAt: null,
      queuedUs: 0,
      heardUs: this.#nowUs(),
      served: false,
      goneUs: null,
    };
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
        `It last heard from the server ${inMs(this.#nowUs() - other.heardUs)} ago; who is silent for ${inMs(this.#silenceUs)} may be dropped.`,
      ],
      nodes: [other.client, winner.client],
    });
  }
}

/** The lock and the value of a request for a fair lock; null for any other command. */
function questionOf(command: readonly string[]): { key: string; value: string } | null {
  const [, script, , key, , , value] = command;
  return script === 'fair-acquire' ? { key: key!, value: value! } : null;
}
