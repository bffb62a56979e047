import type { ZoneViolation } from './zones/zone-check.ts';

/** Why a judgement stopped without an answer. All numbers are reproducible: budgets are work and bytes, never time. */
export interface Inconclusive {
  /** The object (key) that was not decided. */
  readonly object: string | undefined;
  /** So many of its completed operations, from the first, were proven to linearize. */
  readonly provenOperations: number;
  readonly operations: number;
  /** What ran out. */
  readonly resource: 'configurations' | 'bytes';
  readonly spent: number;
  /** What made it explode: operations open at once, crashed operations before, and configurations kept. */
  readonly open: number;
  readonly crashed: number;
  readonly configurations: number;
  readonly advice: string;
}

/** Enough to check the verdict again, without searching cleverly; see `verify/verify-verdict.ts`. */
export type Certificate =
  | {
      readonly kind: 'order';
      /** Per object, the operations in an order that explains every answer. */
      readonly orders: readonly (readonly number[])[];
    }
  | {
      readonly kind: 'core';
      readonly core: readonly number[];
      /** Nothing before the first operation of the core matters. */
      readonly anyStart: boolean;
      /** Present when the history had to be cut: whatever was invoked before this position, and completed no later than the core, is taken as recorded. */
      readonly settledBefore?: number | undefined;
    };

export interface Verdict {
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  readonly consistency: string;
  readonly model: string;
  /** Which procedures judged it, and why those. */
  readonly procedure: string;
  /** How many operations the history has. */
  readonly operations: number;
  /**
   * Indices of the operations that cannot all have happened as recorded; empty unless violated. 1-minimal if `coreIsMinimal`
   * (given everything before the certificate's `settledBefore`, when it has one).
   */
  readonly core: readonly number[];
  readonly coreIsMinimal: boolean;
  /** Writers of values that the core reads, for the picture: not needed for the contradiction. */
  readonly context: readonly number[];
  /** The object (key) at fault. */
  readonly object: string | undefined;
  /** A few lines for people. */
  readonly explanation: string;
  /** Its first sentence. */
  readonly summary: string;
  /** Present when violated, and when a witness was asked for. */
  readonly certificate: Certificate | undefined;
  readonly inconclusive: Inconclusive | undefined;
  /** Configurations that the searches generated, for the answer and for the core: the measure of work. */
  readonly work: number;
  readonly zone: ZoneViolation | undefined;
}
