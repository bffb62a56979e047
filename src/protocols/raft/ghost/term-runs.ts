import { INNER_STATE } from '../../../sim/engine/inner-state.ts';
import type { RaftLog } from '../log.ts';

/** A log's terms as runs, kept when a leader is elected: few numbers, however long the log. */
export class TermRuns {
  readonly lastIndex: number;
  readonly #compactedIndex: number;
  /** First index and term of each run, ascending. */
  readonly #runs: { readonly from: number; readonly term: number }[] = [];

  [INNER_STATE](): unknown {
    return [this.#compactedIndex, this.#runs];
  }

  constructor(log: RaftLog) {
    this.lastIndex = log.lastIndex;
    this.#compactedIndex = log.compactedIndex;
    let from = log.compactedIndex + 1;
    while (from <= log.lastIndex) {
      const term = log.termAt(from)!;
      this.#runs.push({ from, term });
      from = log.firstIndexOfTerm(term + 1);
    }
  }

  /** True when the log held an entry of `term` at `index`, or had it compacted, that is: committed and applied. */
  holds(index: number, term: number): boolean {
    if (index <= this.#compactedIndex) return true;
    if (index > this.lastIndex) return false;
    let found = -1;
    for (const run of this.#runs) if (run.from <= index) found = run.term;
    return found === term;
  }
}
