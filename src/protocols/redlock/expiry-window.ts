import type { NodeId } from '../../sim/engine/env.ts';
import { inMs } from '../locks/index.ts';
import type { ReportViolation } from '../protocol.ts';
import type { RedlockConfig } from './config.ts';

/** Deadlines are whole milliseconds, and so are the times that they are compared with, µs. */
const ROUNDING_US = 2_000;

/**
 * Judges how long a server stores a key whose time is over: at most from one round of the active expiry cycle to the next.
 * A server that is paused or down misses its rounds.
 */
export class ExpiryWindow {
  /** Longest time that a server still stored a key whose time was over, µs. */
  lateUs = 0;
  readonly #windowUs: number;
  readonly #nowUs: () => number;
  readonly #nameOf: (id: NodeId) => string;
  readonly #report: ReportViolation;
  /** By server: since when it has run without a break. */
  readonly #awakeUs = new Map<NodeId, number>();

  constructor(
    { redis, failover }: RedlockConfig,
    nowUs: () => number,
    nameOf: (id: NodeId) => string,
    report: ReportViolation,
  ) {
    // A replica lets no key expire; what was overdue goes some time after it has taken over.
    this.#windowUs = failover ? Infinity : redis.activeExpiryUs + ROUNDING_US;
    this.#nowUs = nowUs;
    this.#nameOf = nameOf;
    this.#report = report;
  }

  /** The server has started, or goes on after a pause. */
  awake(node: NodeId): void {
    this.#awakeUs.set(node, this.#nowUs());
  }

  expired(node: NodeId, key: string, overdueMs: number): void {
    const lateUs = overdueMs * 1_000;
    this.lateUs = Math.max(this.lateUs, lateUs);
    // Twice the window: its own clocks, by which it counts, may be slow.
    const wasAwake = this.#nowUs() - 2 * this.#windowUs >= (this.#awakeUs.get(node) ?? 0);
    if (lateUs <= this.#windowUs || !wasAwake) return;
    this.#report({
      invariant: 'expires-in-time',
      sentence: `${this.#nameOf(node)} stored lock ${key} for ${inMs(lateUs)} after its time to live was over.`,
      because: [
        `Every ${inMs(this.#windowUs - ROUNDING_US)} it removes all keys whose time is over.`,
      ],
      nodes: [node],
    });
  }
}
