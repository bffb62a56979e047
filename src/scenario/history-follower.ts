import { IncrementalChecker } from '../checker/stream/incremental-checker.ts';
import type { OperationRequest, Outcome } from '../protocols/protocol.ts';

/** Follows what clients ask and are told while the run goes on. */
export class HistoryFollower {
  readonly #checker: IncrementalChecker;

  /** `model`: the data type, by name. */
  constructor(model: string) {
    this.#checker = new IncrementalChecker(model);
  }

  /** Events and configurations held now. */
  get retained(): number {
    return this.#checker.retained;
  }

  invoke(process: number, operation: OperationRequest): void {
    const { f, key, value } = operation;
    this.#checker.invoke(process, f, key ?? undefined, f === 'read' ? undefined : value);
  }

  /** Whether what clients have been told by now has no order. */
  complete(process: number, outcome: Outcome): boolean {
    const { type, value, error } = outcome;
    return this.#checker.complete(process, type, value, error ?? null) !== undefined;
  }
}
