import type { History } from '../../../src/history/history.ts';
import type { Verdict } from '../../../src/checker/verdict.ts';
import { verifyVerdict } from '../../../src/checker/verify/verify-verdict.ts';
import type { VerifiedObject } from '../../../src/checker/verify/verify-verdict.ts';

/** Whether the verifier would accept these operations as a core. */
export function verifyCoreOf(
  history: History,
  verdict: Verdict,
  core: readonly number[],
  object: VerifiedObject,
): boolean {
  const certificate = { kind: 'core' as const, core, anyStart: false };
  return verifyVerdict(history, { ...verdict, certificate }, object).accepted;
}
