import { checkAll } from '../../checker/lattice/check-all.ts';
import { analyseTransactions } from '../../checker/transactions/analysis.ts';
import { anomalyOf, titled } from '../../checker/transactions/anomaly-words.ts';
import { ISOLATION_LEVELS, IsolationJudge } from '../../checker/transactions/isolation.ts';
import type { History } from '../../history/history.ts';
import type { CycleData, TransactionsData } from './report-data.ts';

/** The verdicts and the cycles of a history of transactions; null when its operations are none. */
export function collectTransactions(history: History): TransactionsData | null {
  const { functions } = history.columns;
  if (history.length === 0 || !functions.every((f) => f === 'txn' || f === '')) return null;
  const analysis = analyseTransactions(history);
  if (analysis.kind === 'not judged') return null;
  const { dependencies, words } = analysis;
  const lists = analysis.kind === 'list-append';
  const cycles = new IsolationJudge(dependencies).cycles.map((cycle): CycleData => {
    const { name, sentence, because } = anomalyOf(cycle, words, lists);
    const ids = [...new Set(cycle.edges.flatMap(({ from, to }) => [from, to]))];
    return {
      name,
      sentence,
      because,
      transactions: ids.map((id) => ({ operation: words.operation(id), text: words.whole(id) })),
      edges: cycle.edges.map((edge) => ({
        from: ids.indexOf(edge.from),
        to: ids.indexOf(edge.to),
        type: edge.type,
        because: words.because(edge, lists),
      })),
    };
  });
  const report = checkAll(history, { only: [...ISOLATION_LEVELS] });
  return {
    levels: report.verdicts.map(({ consistency, verdict, summary }) => ({
      name: consistency,
      verdict,
      summary,
    })),
    cycles,
    others: dependencies.anomalies.map((anomaly) => ({
      sentence: titled(anomaly),
      because: anomaly.because,
    })),
  };
}
