import { BROKEN_RULE, type Anomaly, type AnomalyAlias, type DirectAnomaly } from './anomaly.ts';
import type { Dependency, DependencyType } from './dependency.ts';
import type { Transaction } from './transaction.ts';
import type { TransactionWords } from './transaction-words.ts';

/** What an analysis of a history has found so far: dependencies between transactions, and anomalies that show without them. */
export class Findings {
  readonly edges: Dependency[] = [];
  readonly anomalies: Anomaly[] = [];
  readonly #all: readonly Transaction[];
  readonly #words: TransactionWords;

  constructor(all: readonly Transaction[], words: TransactionWords) {
    this.#all = all;
    this.#words = words;
  }

  /** `from` and `to`: indices among those who take part, or -1 for who does not; such an edge is none, nor is one to itself. */
  edge(
    from: number,
    to: number,
    type: DependencyType,
    key: number,
    earlier: number,
    later: number,
  ): void {
    if (from >= 0 && to >= 0 && from !== to)
      this.edges.push({ from, to, type, key, earlier, later });
  }

  /** `indices`: the transactions of the whole history that `sentence` names, in its order; one may be there twice. */
  report(
    name: DirectAnomaly,
    indices: readonly number[],
    sentence: (...names: string[]) => string,
    aliases: readonly AnomalyAlias[] = [],
  ): void {
    const distinct = [...new Set(indices)];
    this.anomalies.push({
      name,
      aliases,
      operations: distinct.map((index) => this.#all[index]!.operation),
      sentence: sentence(...indices.map((index) => this.#words.name(index))),
      because: [BROKEN_RULE[name]],
    });
  }
}
