import type { NodeId } from '../sim/engine/env.ts';
import type { ReportViolation } from './protocol.ts';

/** Passes violations on, each invariant's first only: what follows a broken rule is rarely news. */
export class Judge {
  readonly #report: ReportViolation;
  readonly #nameOf: (id: NodeId) => string;
  readonly #reported = new Set<string>();

  constructor(report: ReportViolation, nameOf: (id: NodeId) => string) {
    this.#report = report;
    this.#nameOf = nameOf;
  }

  name(id: NodeId): string {
    return this.#nameOf(id);
  }

  /** `sentence`: one plain sentence; `because`: one fact a line. */
  violated(
    invariant: string,
    nodes: readonly NodeId[],
    sentence: string,
    because: readonly string[] = [],
  ): void {
    if (this.#reported.has(invariant)) return;
    this.#reported.add(invariant);
    this.#report({ invariant, sentence, because, nodes });
  }
}
