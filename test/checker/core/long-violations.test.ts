import { describe, expect, it } from 'vitest';
import { check } from '../../../src/checker/check.ts';
import { verifyVerdict } from '../../../src/checker/verify/verify-verdict.ts';
import type { VerifiedObject } from '../../../src/checker/verify/verify-verdict.ts';
import { LONG_KINDS, longHistory } from './long-history.ts';

/** The most that verdict and core together may cost here; the core's own budget is 1.2 million. */
const MOST_WORK = 1_600_000;

const counterObject: VerifiedObject = {
  initial: 0,
  step: (state, op) =>
    op.f !== 'read' ? (state as number) + 1 : op.output === state ? state : undefined,
  role: () => 'must',
  observes: (op) => op.f === 'read',
};

describe('one violation near the end of 10,000 operations gets its verdict and a core for little work', () => {
  it.each(LONG_KINDS.map((each) => [each.model, each] as const))('%s', (model, { kind, spoil }) => {
    for (const clients of [2, 5]) {
      const verdict = check(longHistory(kind(), 10_000, clients, spoil), { model });
      expect(verdict.verdict).toBe('violated');
      expect(verdict.work).toBeLessThan(MOST_WORK);
      expect(verdict.coreIsMinimal).toBe(true);
      expect(verdict.core.length).toBeGreaterThan(0);
      expect(verdict.core.length).toBeLessThan(12);
    }
  });
});

describe('a core behind a cut', () => {
  const { kind, spoil } = LONG_KINDS[0]!;

  it('says what it takes as recorded, and is accepted by the verifier', () => {
    const history = longHistory(kind(), 900, 3, spoil);
    const verdict = check(history, { model: 'counter' });
    const { certificate } = verdict;
    expect(certificate?.kind === 'core' && certificate.settledBefore).toBeGreaterThan(0);
    expect(verdict.explanation).toMatch(
      /The \d+ operations that had begun before are taken as recorded; they leave \d+\./,
    );
    expect(verifyVerdict(history, verdict, counterObject)).toMatchObject({ accepted: true });
    const forgetful = { ...verdict, certificate: { ...certificate!, settledBefore: undefined } };
    expect(verifyVerdict(history, forgetful as typeof verdict, counterObject).accepted).toBe(false);
  });
});
