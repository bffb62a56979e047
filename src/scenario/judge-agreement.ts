import type { WitnessVerdict } from '../protocols/protocol.ts';
import type { Judgement } from './judge.ts';

/**
 * Two verdicts on the same answers: the protocol's witness, which knows the order of effects, and the history checker,
 * which knows only what clients saw. A contradiction is a mistake of the simulator, not of the protocol, and fails the run.
 * Null when one of them has no verdict.
 */
export function judgeAgreement(
  witness: WitnessVerdict | null,
  checker: Judgement | null,
): Judgement | null {
  if (witness === null || checker === null) return null;
  const judged = checker.verdict === 'holds' || checker.verdict === 'violated';
  if (!judged) return null;
  const procedure = 'witness and history checker';
  if (witness.verdict === 'proved' && checker.verdict === 'violated')
    return {
      verdict: 'violated',
      sentence: `checker bug: the history checker finds the answers impossible, but ${witness.sentence}.`,
      because: [
        `history checker (${checker.procedure ?? 'unnamed'}): ${checker.sentence ?? ''}`,
        'Either it is wrong, or the history is not what the clients were told: report this run.',
      ],
      operations: checker.operations ?? [],
      procedure,
    };
  if (witness.verdict === 'refuted' && checker.verdict === 'holds')
    return {
      verdict: 'violated',
      sentence: `checker bug: the history checker accepts the answers, but no order explains one of them: ${witness.sentence}.`,
      because: [
        `history checker (${checker.procedure ?? 'unnamed'}): holds`,
        'Either it is wrong, or the history is not what the clients were told: report this run.',
      ],
      procedure,
    };
  return { verdict: 'holds', procedure };
}
