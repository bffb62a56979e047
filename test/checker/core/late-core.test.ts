import { describe, expect, it } from 'vitest';
import { writeJsonl } from '../../../src/history/write-jsonl.ts';
import { modelTasks } from '../../../src/checker/compile/search-tasks.ts';
import { CoreBudget } from '../../../src/checker/core/core-budget.ts';
import { lateCore } from '../../../src/checker/core/late-core.ts';
import { modelNamed } from '../../../src/checker/models/catalogue.ts';
import { DEFAULT_BUDGET } from '../../../src/checker/search/budget.ts';
import { frontierSearch } from '../../../src/checker/search/frontier-search.ts';
import type { Certificate, Verdict } from '../../../src/checker/verdict.ts';
import { verifyVerdict } from '../../../src/checker/verify/verify-verdict.ts';
import type { VerifiedObject } from '../../../src/checker/verify/verify-verdict.ts';
import { ORACLE_TYPES } from '../oracle/data-types.ts';
import { drawFrom, randomHistory } from '../oracle/random-histories.ts';

const PURE = ['read', 'get', 'contains', 'peek'];
const TYPES = ORACLE_TYPES.filter((type) =>
  ['counters', 'sets', 'stacks with repeated values', 'locks', 'logs'].includes(type.name),
);

describe.each(TYPES.map((type) => [type.name, type] as const))(
  'a cut before %s fail',
  (_, type) => {
    // A cut at the last quiescent moment, and cuts right through open operations.
    it.each([
      { quiescentWithin: 200, busy: 0 },
      { quiescentWithin: -1, busy: 1 },
      { quiescentWithin: -1, busy: 2 },
    ])('leaves a core that is violated and 1-minimal behind it: %j', (window) => {
      let cut = 0;
      const object: VerifiedObject = {
        initial: type.initial,
        step: type.step,
        role(op) {
          const role = type.role(op);
          return role === 'nothing' ? 'ignore' : role;
        },
        observes: (op) => PURE.includes(op.f),
      };
      for (let seed = 1; seed <= 400; seed++) {
        const draw = drawFrom(seed + 400_000);
        const history = randomHistory(draw, 4 + draw(5), 3, type.requests(), type.dialect, 9);
        for (const { task } of modelTasks(history, modelNamed(type.model)!, history.dialect)) {
          const searched = frontierSearch(task, DEFAULT_BUDGET);
          if (searched.outcome !== 'violated') continue;
          const core = lateCore(task, searched.failedOperation, new CoreBudget(1e6), window)!;
          expect(core.minimal).toBe(true);
          const indices = core.operations.map((i) => task.op[i]!);
          const { settledBefore } = core;
          const accepts = (operations: readonly number[]): boolean => {
            const certificate: Certificate = {
              kind: 'core',
              core: operations,
              anyStart: false,
              settledBefore,
            };
            return verifyVerdict(history, { certificate } as unknown as Verdict, object).accepted;
          };
          if (!accepts(indices))
            expect.fail(`seed ${seed} ${indices.join()} ${settledBefore}\n${writeJsonl(history)}`);
          for (const left of indices)
            // What fails may itself have begun before the cut; then it is required either way.
            if (indices.length > 1 && history.columns.invoke[left]! >= settledBefore)
              expect(accepts(indices.filter((op) => op !== left))).toBe(false);
          if (settledBefore > 0) cut++;
        }
      }
      expect(cut).toBeGreaterThan(3);
    });
  },
);

describe('the search for a core behind a cut', () => {
  it('gives up, instead of going on, when its budget does not reach the cut', () => {
    const draw = drawFrom(3);
    const type = TYPES[0]!;
    for (;;) {
      const history = randomHistory(draw, 8, 2, type.requests(), type.dialect, 1_000);
      const [object] = modelTasks(history, modelNamed(type.model)!, history.dialect);
      const searched = frontierSearch(object!.task, DEFAULT_BUDGET);
      if (searched.outcome !== 'violated' || searched.failedReturn < 4) continue;
      const budget = new CoreBudget(2);
      const window = { quiescentWithin: -1, busy: 1 };
      expect(lateCore(object!.task, searched.failedOperation, budget, window)).toBeUndefined();
      expect(budget.left).toBe(0);
      break;
    }
  });
});
