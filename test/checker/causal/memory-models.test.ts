import { expect, test } from 'vitest';
import { judgeMemory, type MemoryModel } from '../../../src/checker/lattice/memory-judge.ts';
import { RandomStream } from '../../../src/sim/engine/random.ts';
import { oracle } from './memory-oracle.ts';
import { describe as words, randomMemory } from './random-memory.ts';

const COMPARISONS = Number(process.env['SPLITBRAIN_ORACLE_HISTORIES'] ?? 3_000);
const CHEAP: readonly MemoryModel[] = [
  'PRAM',
  'read-your-writes',
  'monotonic-reads',
  'monotonic-writes',
  'writes-follow-reads',
];

function agree(
  name: string,
  models: readonly MemoryModel[],
  steps: number,
  unique: boolean,
  histories: number,
): void {
  test(`${name}: the fast judges and the exhaustive ones agree on ${String(histories)} histories`, () => {
    const random = new RandomStream('oracle', name);
    const verdicts = new Map<string, number>();
    for (let round = 0; round < histories; round += 1) {
      const memory = randomMemory(random, {
        steps: 2 + random.below(steps - 1),
        processes: 2 + random.below(3),
        keys: 1 + random.below(2),
        unique,
        cas: 80,
        optional: 150,
      });
      const outcomes = judgeMemory(memory, models, Infinity);
      for (const model of models) {
        const expected = oracle(memory, model) ? 'holds' : 'violated';
        const { verdict } = outcomes.get(model)!;
        if (verdict !== expected)
          expect.fail(`${model}: judged ${verdict}, exhaustively ${expected}\n${words(memory)}`);
        verdicts.set(`${model} ${verdict}`, (verdicts.get(`${model} ${verdict}`) ?? 0) + 1);
      }
    }
    // Both verdicts must have been put to the test.
    for (const model of models)
      for (const verdict of ['holds', 'violated'])
        expect(verdicts.get(`${model} ${verdict}`) ?? 0, `${model} ${verdict}`).toBeGreaterThan(
          histories / 100,
        );
  });
}

agree('unique values, up to 8 steps', CHEAP, 8, true, COMPARISONS);
agree('repeated values, up to 7 steps', CHEAP, 7, false, COMPARISONS);
agree('causal models, unique values, up to 5 steps', ['CC', 'CCv', 'CM'], 5, true, COMPARISONS);
agree('causal models, repeated values, up to 5 steps', ['CC', 'CCv', 'CM'], 5, false, COMPARISONS);
agree('causal models, unique values, 6 steps', ['CC', 'CCv', 'CM'], 6, true, COMPARISONS / 10);
agree('PRAM in several rounds, unique values, up to 14 steps', ['PRAM'], 14, true, COMPARISONS);
