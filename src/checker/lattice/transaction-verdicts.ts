import type { History } from '../../history/history.ts';
import { analyse, type TransactionAnalysis } from '../transactions/analysis.ts';
import type { Anomaly } from '../transactions/anomaly.ts';
import { anomalyOf, titled } from '../transactions/anomaly-words.ts';
import {
  IsolationJudge,
  type IsolationLevel,
  type IsolationOutcome,
} from '../transactions/isolation.ts';
import { TransactionWords } from '../transactions/transaction-words.ts';
import { minimalTransactions } from '../transactions/minimal-transactions.ts';
import type { ModelVerdict } from './model-verdict.ts';
import { VerdictWords } from './verdict-words.ts';

type Analysed = Extract<TransactionAnalysis, { kind: 'list-append' | 'rw-register' }>;

/** Words of reachability matrix spent on each attempt to make a core smaller. */
const CORE_WORK = 2_000_000;

/** Lists transactions with what they read. */
export function transactionWords(history: History, analysis: Analysed): VerdictWords {
  const words = new TransactionWords(history, analysis.all);
  return new VerdictWords(history, analysis.kind, (operations) => words.lines(operations));
}

/** Verdicts of a transactional history on isolation levels. */
export class TransactionVerdicts {
  readonly #history: History;
  readonly #analysis: Analysed;
  readonly #judge: IsolationJudge;
  readonly #words: VerdictWords;
  #anomalies: readonly Anomaly[] | undefined;

  constructor(history: History, analysis: Analysed, work?: number) {
    this.#history = history;
    this.#analysis = analysis;
    this.#judge = new IsolationJudge(analysis.dependencies, work);
    this.#words = transactionWords(history, analysis);
  }

  /** Everything found, whatever level it matters to: direct anomalies, then a short example of every kind of cycle. */
  get anomalies(): readonly Anomaly[] {
    const lists = this.#analysis.kind === 'list-append';
    this.#anomalies ??= [
      ...this.#analysis.dependencies.anomalies,
      ...this.#judge.cycles.map((cycle) => anomalyOf(cycle, this.#analysis.words, lists)),
    ];
    return this.#anomalies;
  }

  judge(level: IsolationLevel): ModelVerdict {
    const outcome = this.#judge.judge(level);
    switch (outcome.verdict) {
      case 'holds':
        return { ...this.#words.holds(level, outcome.procedure), anomalies: this.anomalies };
      case 'inconclusive':
        return this.#words.inconclusive(level, outcome.procedure, outcome.reason);
      case 'violated':
        return this.#violated(level, outcome);
    }
  }

  #violated(
    level: IsolationLevel,
    { procedure, proof }: Extract<IsolationOutcome, { verdict: 'violated' }>,
  ): ModelVerdict {
    const anomaly = proof === undefined ? undefined : this.#anomalyOf(proof);
    const suspects = new Set(
      anomaly?.operations ?? this.#analysis.all.map(({ operation }) => operation),
    );
    const core = minimalTransactions(this.#analysis.all, suspects, (transactions) => {
      const part = analyse(this.#history, this.#analysis.kind, transactions);
      if (part.kind === 'not judged') return false;
      return new IsolationJudge(part.dependencies, CORE_WORK).judge(level).verdict === 'violated';
    });
    const words =
      anomaly === undefined
        ? {
            summary: `No order of versions makes these ${core.operations.length} transactions ${level}.`,
            because: ['Every order of the writes of each key that the reads leave open was tried.'],
          }
        : { summary: anomaly.sentence, because: anomaly.because };
    return {
      ...this.#words.violated(level, procedure, core, words),
      anomalies: anomaly === undefined ? this.anomalies : [anomaly, ...this.anomalies],
    };
  }

  #anomalyOf(
    proof: NonNullable<Extract<IsolationOutcome, { verdict: 'violated' }>['proof']>,
  ): Anomaly {
    if ('edges' in proof)
      return anomalyOf(proof, this.#analysis.words, this.#analysis.kind === 'list-append');
    return { ...proof, sentence: titled(proof) };
  }
}
