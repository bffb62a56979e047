import { expect, test } from 'vitest';
import { analyseTransactions } from '../../../src/checker/transactions/analysis.ts';
import { ISOLATION_LEVELS, IsolationJudge } from '../../../src/checker/transactions/isolation.ts';
import { RandomStream } from '../../../src/sim/engine/random.ts';
import { isolationOracle } from './isolation-oracle.ts';
import { describeTransactions, randomTransactions } from './random-transactions.ts';

const HISTORIES = Number(process.env['SPLITBRAIN_ORACLE_HISTORIES'] ?? 1_200);

test.each(['list-append', 'rw-register'] as const)(
  '%s: every level agrees with an exhaustive judge',
  (kind) => {
    const random = new RandomStream('oracle', `transactions ${kind}`);
    const verdicts = new Map<string, number>();
    for (let round = 0; round < HISTORIES; round += 1) {
      const history = randomTransactions(random, kind, {
        transactions: 2 + random.below(4),
        keys: 1 + random.below(3),
        processes: 1 + random.below(4),
      });
      const analysis = analyseTransactions(history);
      if (analysis.kind === 'not judged') continue;
      const judge = new IsolationJudge(analysis.dependencies);
      for (const level of ISOLATION_LEVELS) {
        const outcome = judge.judge(level);
        const expected = isolationOracle(history, kind === 'list-append', level)
          ? 'holds'
          : 'violated';
        if (outcome.verdict !== expected)
          expect.fail(
            `${level}: judged ${outcome.verdict} (${outcome.procedure}), exhaustively ${expected}\n${describeTransactions(history)}\n${JSON.stringify(analysis.dependencies.anomalies.map((a) => a.sentence))}`,
          );
        if (
          outcome.verdict === 'violated' &&
          outcome.procedure !== 'search over orders of versions'
        )
          expect(outcome.proof, `${level}\n${describeTransactions(history)}`).toBeDefined();
        // A cycle with adjacent anti-dependencies is no argument against snapshot isolation.
        if (
          outcome.verdict === 'violated' &&
          outcome.proof !== undefined &&
          level.includes('snapshot')
        )
          expect(outcome.proof.name).not.toMatch(/^G2-item/);
        const name = `${level} ${outcome.verdict}`;
        verdicts.set(name, (verdicts.get(name) ?? 0) + 1);
      }
    }
    for (const level of ISOLATION_LEVELS)
      for (const verdict of ['holds', 'violated'])
        expect(verdicts.get(`${level} ${verdict}`) ?? 0, `${level} ${verdict}`).toBeGreaterThan(
          HISTORIES / 20,
        );
  },
);
