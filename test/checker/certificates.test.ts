import { describe, expect, it } from 'vitest';
import { check } from '../../src/checker/check.ts';
import { compileRegisters } from '../../src/checker/compile/compile-registers.ts';
import { modelTasks, registerTasks } from '../../src/checker/compile/search-tasks.ts';
import { modelNamed, variantFor } from '../../src/checker/models/catalogue.ts';
import { isRegisterModel } from '../../src/checker/models/register.ts';
import { DEFAULT_BUDGET } from '../../src/checker/search/budget.ts';
import { depthFirstSearch } from '../../src/checker/search/depth-first-search.ts';
import { frontierSearch } from '../../src/checker/search/frontier-search.ts';
import type { Verdict } from '../../src/checker/verdict.ts';
import { verifiedRegister, verifyVerdict } from '../../src/checker/verify/verify-verdict.ts';
import { verifyCoreOf } from './oracle/verify-core.ts';
import type { History } from '../../src/history/history.ts';
import { ORACLE_TYPES } from './oracle/data-types.ts';
import type { OracleType } from './oracle/data-types.ts';
import { drawFrom, randomHistory } from './oracle/random-histories.ts';

const verified = (type: OracleType, history: History) => ({
  initial: type.initial,
  step: type.step,
  role: (op: Parameters<OracleType['role']>[0]) => {
    const role = type.role(op);
    return role === 'nothing' ? ('ignore' as const) : role;
  },
  observes: verifiedRegister(history.dialect).observes,
});

const histories = (type: OracleType, count: number): History[] =>
  Array.from({ length: count }, (_, i) => {
    const draw = drawFrom(i + 7_000_001);
    return randomHistory(
      draw,
      3 + draw(6),
      2 + draw(3),
      type.requests(),
      type.dialect,
      5 + draw(8),
    );
  });

const pure = ['read', 'get', 'contains', 'peek'];

describe.each(ORACLE_TYPES.map((type) => [type.name, type] as const))('%s', (_, type) => {
  it('give a certificate for every verdict, and a verifier that shares no code accepts it', () => {
    for (const history of histories(type, 300)) {
      const verdict: Verdict = check(history, { model: type.model, witness: true });
      const object = {
        ...verified(type, history),
        observes: (op: Parameters<OracleType['role']>[0]) =>
          pure.includes(op.f) || (op.f === 'cas' && op.status === 'fail'),
      };
      expect(verifyVerdict(history, verdict, object)).toMatchObject({ accepted: true });
      if (verdict.verdict === 'holds') continue;
      expect(verdict.coreIsMinimal).toBe(true);
      for (const left of verdict.core)
        if (verdict.core.length > 1)
          expect(
            verifyCoreOf(
              history,
              verdict,
              verdict.core.filter((op) => op !== left),
              object,
            ),
          ).toBe(false);
    }
  });

  it('are judged alike by the depth-first and by the frontier search', () => {
    const model = variantFor(
      modelNamed(type.model)!,
      ['append'].filter(() => type.name === 'appending stores'),
    );
    for (const history of histories(type, 300)) {
      const { dialect } = history;
      const tasks = isRegisterModel(model)
        ? registerTasks(
            history,
            compileRegisters(history, model, dialect),
            new Set(Array.from({ length: history.columns.keys.length + 1 }, (__, i) => i)),
          )
        : modelTasks(history, model, dialect);
      for (const { task } of tasks) {
        const a = frontierSearch(task, DEFAULT_BUDGET);
        const b = depthFirstSearch(task, DEFAULT_BUDGET);
        const c = frontierSearch(task, DEFAULT_BUDGET, true);
        expect([a.outcome, c.outcome]).toEqual([b.outcome, b.outcome]);
        if (a.outcome === 'violated' && b.outcome === 'violated')
          expect(a.failedReturn).toBe(b.failedReturn);
      }
    }
  });
});
