import type { Anomaly } from '../transactions/anomaly.ts';
import type { Consistency } from './consistency.ts';

/**
 * The verdict on one consistency model; the fields that {@link Verdict} has too mean the same. `not judged` comes with the
 * reason why the model says nothing about this history: never read it as "holds".
 */
export interface ModelVerdict {
  readonly verdict: 'holds' | 'violated' | 'inconclusive' | 'not judged';
  readonly consistency: Consistency;
  /** The data type: a model's name, `list-append`, `rw-register`. */
  readonly model: string;
  readonly procedure: string;
  /** How many operations the history has. */
  readonly operations: number;
  /** Indices of the operations that cannot all have happened as recorded; empty unless violated. */
  readonly core: readonly number[];
  /** Whether every operation of the core is needed. */
  readonly coreIsMinimal: boolean;
  /** One sentence. */
  readonly summary: string;
  /** Why, step by step, each line naming operations by `#index`. */
  readonly because: readonly string[];
  /** The summary, the operations of the core and the because-lines, for people. */
  readonly explanation: string;
  /** Why there is no verdict: of `inconclusive` and `not judged`. */
  readonly reason: string | undefined;
  /** Transactions only: what was found, by name. */
  readonly anomalies: readonly Anomaly[];
  /** `holds` of sequential consistency: the operations in an order that explains every answer. */
  readonly order: readonly number[] | undefined;
}
