import { z } from 'zod';

import { runScenario } from '../../scenario/run.ts';
import type { RunResult } from '../../scenario/run-result.ts';
import { compileDocument, type Subject } from '../documents/document.ts';
import { CampaignError } from '../run/seeds.ts';
import { failuresFirst, failuresOf, violationsOf } from '../run/signature.ts';

export const CORPUS_FORMAT = 'splitbrain-corpus/1';

/** What the run is expected to do today: fail (a planted bug, a bug not yet mended), or hold (mended). */
export type Expected = 'violated' | 'holds';

const expectation = z.strictObject({
  format: z.literal(CORPUS_FORMAT),
  splitbrain: z.string(),
  seed: z.string(),
  expected: z.enum(['violated', 'holds']),
  property: z.string(),
  signature: z.string(),
  hash: z.string(),
  /** What the schedule did when it was pinned: which faults began, on whom, and whether they bit. */
  faults: z.array(
    z.strictObject({ id: z.string(), targets: z.array(z.string()), bit: z.boolean() }),
  ),
  /** Operations that clients had asked for. */
  operations: z.int(),
});

/** The second file of a corpus entry, `<name>.expect.json`; the first is an ordinary scenario, `<name>.yaml`. */
export type Expectation = z.infer<typeof expectation>;

export type CorpusStatus = 'still failing' | 'fixed' | 'stale' | 'changed';

export interface CorpusVerdict {
  readonly status: CorpusStatus;
  /** As recorded: failing where `violated` is expected, fixed where `holds` is. */
  readonly asExpected: boolean;
  readonly sentence: string;
  readonly result: RunResult;
}

/** What to pin of a failing scenario. @throws CampaignError when it does not fail. */
export function expectationOf(
  subject: Subject,
  seed: string,
  expected: Expected,
  version: string,
): Expectation {
  const result = runScenario(compileDocument(subject), { seed });
  const [failure] = failuresFirst(result);
  if (failure === undefined)
    throw new CampaignError(
      `${subject.document.name} seed ${seed} violates nothing: a corpus pins failures`,
    );
  return {
    format: CORPUS_FORMAT,
    splitbrain: version,
    seed,
    expected,
    property: failure.property,
    signature: failure.signature,
    hash: result.hash,
    faults: faultsOf(result),
    operations: result.history.length,
  };
}

/** @throws CampaignError for a file of another version or another kind. */
export function parseExpectation(text: string, file: string): Expectation {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new CampaignError(`${file}: ${(error as Error).message}; expected what corpus add wrote`);
  }
  const { format } = data as { format?: unknown };
  if (format !== CORPUS_FORMAT)
    throw new CampaignError(
      `${file}: written in format ${JSON.stringify(format ?? null)}, this version reads ${CORPUS_FORMAT}: add the scenario again with splitbrain corpus add`,
    );
  const parsed = expectation.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new CampaignError(`${file}: ${issue.path.join('.')}: ${issue.message}`);
}

/**
 * Runs a pinned failure again. `fixed` needs proof: the same faults still hit the same nodes, and nothing is violated. When
 * the code makes other choices and the story does not happen any more, the entry is `stale` and proves nothing.
 */
export function verifyEntry(subject: Subject, pinned: Expectation): CorpusVerdict {
  const result = runScenario(compileDocument(subject), { seed: pinned.seed });
  const violations = violationsOf(result);
  const verdict = (status: CorpusStatus, asExpected: boolean, sentence: string): CorpusVerdict => ({
    status,
    asExpected,
    sentence,
    result,
  });
  const same = violations.find(({ signature }) => signature === pinned.signature);
  if (same !== undefined)
    return verdict('still failing', pinned.expected === 'violated', same.sentence);
  // What the entry's scenario declares is no other failure: it was there beside the pinned one from the beginning.
  const other = failuresOf(result).find(({ violated }) => violated);
  if (other !== undefined)
    return verdict('changed', false, `fails otherwise: ${other.signature}: ${other.sentence}`);
  const nothing =
    violations.length === 0 ? 'nothing is violated' : 'nothing is violated but what it declares';
  const gone = storyGone(pinned, result);
  if (gone !== null)
    return verdict(
      'stale',
      false,
      `${gone}; ${nothing}, but that proves nothing. Find it again with fuzz, or remove the entry`,
    );
  return verdict(
    'fixed',
    pinned.expected === 'holds',
    pinned.expected === 'holds'
      ? `the same story, and ${nothing}`
      : `the same story, and ${nothing}: pin it as mended (corpus add --expect holds), or see why the planted bug is not found`,
  );
}

function faultsOf(result: RunResult): Expectation['faults'] {
  return result.faults
    .filter(({ state }) => state !== 'waiting')
    .map(({ id, targets, effect }) => ({ id, targets: [...targets], bit: effect > 0 }));
}

function storyGone(pinned: Expectation, result: RunResult): string | null {
  const now = new Map(faultsOf(result).map((fault) => [fault.id, fault]));
  for (const { id, targets, bit } of pinned.faults) {
    const fault = now.get(id);
    if (fault === undefined) return `${id} never begins any more`;
    if (fault.targets.join() !== targets.join())
      return `${id} hits ${fault.targets.join(', ') || 'nobody'}, and hit ${targets.join(', ')}`;
    if (bit && !fault.bit) return `${id} has no effect any more`;
  }
  return pinned.operations > 0 && result.history.length === 0
    ? 'no client asks for anything any more'
    : null;
}
