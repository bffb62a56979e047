import type { Memory } from '../causal/memory.ts';
import type { Execution } from '../causal/reads-from.ts';
import type { Violation } from '../causal/violation.ts';

export type SequentialOutcome =
  | {
      readonly verdict: 'holds';
      readonly procedure: string;
      /** Steps of `execution.memory` in an order that explains every read. */
      readonly order: Int32Array;
      readonly memory: Memory;
    }
  | {
      readonly verdict: 'violated';
      readonly procedure: string;
      readonly memory: Memory;
      /** Absent when an exhaustive search refuted the history: then there is no single chain of reasons. */
      readonly proof: { readonly execution: Execution; readonly violation: Violation } | undefined;
    }
  | { readonly verdict: 'inconclusive'; readonly procedure: string; readonly reason: string };

/** What an unfinished search says: how far it came, why it grew, what to try. */
export function budgetReason(states: number, longest: number, memory: Memory): string {
  return (
    `no order found after ${states} failed states; the longest attempt placed ${longest} of ` +
    `${memory.steps} operations of ${memory.processes} processes. Try a larger search budget, ` +
    'fewer concurrent processes, or values that are written only once.'
  );
}
