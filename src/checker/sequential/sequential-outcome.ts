import type { Execution } from '../causal/reads-from.ts';
import type { Violation } from '../causal/violation.ts';

export type SequentialOutcome =
  | {
      readonly verdict: 'holds';
      readonly procedure: string;
      /** Operations of the history in an order that explains every answer. */
      readonly order: readonly number[];
    }
  | {
      readonly verdict: 'violated';
      readonly procedure: string;
      /** Absent when an exhaustive search refuted the history: then there is no single chain of reasons. */
      readonly proof: { readonly execution: Execution; readonly violation: Violation } | undefined;
    }
  | { readonly verdict: 'inconclusive'; readonly procedure: string; readonly reason: string };

/** What an unfinished search says: how far it came, why it grew, what to try. */
export function budgetReason(
  { states, longest }: { states: number; longest: number },
  { steps, processes }: { steps: number; processes: number },
): string {
  return (
    `no order found after ${states} failed states; the longest attempt placed ${longest} of ${steps} operations of ` +
    `${processes} processes. Try a larger search budget, fewer concurrent processes, or values that are written only once.`
  );
}
