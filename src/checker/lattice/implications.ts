import { IMPLICATIONS, type Consistency } from './consistency.ts';
import type { ModelVerdict } from './model-verdict.ts';
import type { VerdictWords } from './verdict-words.ts';

/** Two verdicts that cannot both be right: a mistake in the checker, never in the history. */
export class LatticeContradiction extends Error {
  constructor(stronger: ModelVerdict, weaker: ModelVerdict) {
    super(
      `internal error: ${stronger.consistency} holds (by ${stronger.procedure}) but ${weaker.consistency}, which it ` +
        `implies, is violated (by ${weaker.procedure}: ${weaker.summary}). Please report this with the history.`,
    );
    this.name = 'LatticeContradiction';
  }
}

/**
 * Fills in what follows: a model that a stronger one implies holds when that one does, and a model that implies a violated
 * one is violated. A violated model takes over the smaller core of a weaker one.
 * @throws LatticeContradiction when verdicts contradict each other.
 */
export function applyImplications(
  verdicts: ReadonlyMap<Consistency, ModelVerdict>,
  words: VerdictWords,
): Map<Consistency, ModelVerdict> {
  const result = new Map(verdicts);
  for (let changed = true; changed;) {
    changed = false;
    for (const [strong, weak] of IMPLICATIONS) {
      const stronger = result.get(strong);
      const weaker = result.get(weak);
      if (stronger === undefined || weaker === undefined) continue;
      if (stronger.verdict === 'holds' && weaker.verdict === 'violated')
        throw new LatticeContradiction(stronger, weaker);
      if (stronger.verdict === 'holds' && weaker.verdict === 'inconclusive') {
        result.set(weak, impliedHolds(stronger, weaker));
        changed = true;
      }
      if (weaker.verdict !== 'violated') continue;
      if (stronger.verdict === 'inconclusive' || smallerCore(weaker, stronger)) {
        result.set(strong, impliedViolated(stronger, weaker, words));
        changed = true;
      }
    }
  }
  return result;
}

function impliedHolds(stronger: ModelVerdict, weaker: ModelVerdict): ModelVerdict {
  const summary = `${weaker.consistency} holds because ${stronger.consistency} does.`;
  return {
    ...weaker,
    verdict: 'holds',
    procedure: `implied by ${stronger.consistency} (${stronger.procedure})`,
    summary,
    explanation: summary,
    reason: undefined,
  };
}

/** A contradiction to the weaker model is one to the stronger, too; the one with fewer operations is easier to see. */
function smallerCore(weaker: ModelVerdict, stronger: ModelVerdict): boolean {
  if (stronger.verdict !== 'violated' || stronger.consistency === 'linearizable') return false;
  if (weaker.core.length === 0) return false;
  return stronger.core.length === 0 || weaker.core.length < stronger.core.length;
}

function impliedViolated(
  stronger: ModelVerdict,
  weaker: ModelVerdict,
  words: VerdictWords,
): ModelVerdict {
  const procedure =
    stronger.verdict === 'violated'
      ? stronger.procedure
      : `implied by the violation of ${weaker.consistency} (${weaker.procedure})`;
  const core = { operations: weaker.core, minimal: weaker.coreIsMinimal };
  return {
    ...words.violated(stronger.consistency, procedure, core, weaker),
    anomalies: weaker.anomalies,
  };
}
