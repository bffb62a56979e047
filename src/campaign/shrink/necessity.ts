import type { FaultEntry } from '../../scenario/schema.ts';
import { parseDurationUs, writeDuration } from '../../scenario/units.ts';
import type { ScenarioDocument } from '../documents/document.ts';
import { withFaults } from './passes.ts';
import { searchNow, type Search } from './search.ts';
import type { Trials } from './trials.ts';

/** Times between which a part of a fault may be moved, everything else as it is, and the failure stays. */
export interface Slack {
  readonly of: 'at' | 'for' | 'after';
  readonly fromUs: number;
  readonly toUs: number;
  /** The nearest tried times at which it does not fail any more; null: none was found. */
  readonly passesBelowUs: number | null;
  readonly passesAboveUs: number | null;
}

/** What one fault of a shrunk schedule contributes. */
export interface FaultNecessity {
  readonly id: string;
  /** Without it this run does not fail. */
  readonly needed: boolean;
  /** Of other seeds, with and without it: how many fail. */
  readonly failWith: number;
  readonly failWithout: number;
  readonly seedsTried: number;
  readonly slack: readonly Slack[];
}

/** Other seeds to ask: their latencies differ, their faults do not. */
export const OTHER_SEEDS = 20;
/** Edges are bisected to this. */
const PRECISION_US = 1_000;

export function necessityOf(document: ScenarioDocument, trials: Trials): FaultNecessity[] {
  const faults = document.faults ?? [];
  const failWith = failing(document, trials);
  return faults.map((fault) => {
    const without = withFaults(
      document,
      faults.filter((other) => other !== fault),
    );
    return {
      id: fault.id,
      // What does not even compile without it (a step that waits for it) needs it too.
      needed: (trials.run(without)?.failure ?? null) === null,
      failWith,
      failWithout: failing(without, trials),
      seedsTried: OTHER_SEEDS,
      slack: (['at', 'after', 'for'] as const).flatMap((key) => {
        const slack = slackOf(document, fault, key, trials);
        return slack === null ? [] : [slack];
      }),
    };
  });
}

function failing(document: ScenarioDocument, trials: Trials): number {
  let count = 0;
  for (let seed = 1; seed <= OTHER_SEEDS; seed += 1)
    if ((trials.run(document, `other-${seed}`)?.failure ?? null) !== null) count += 1;
  return count;
}

/** The document with this time of one fault changed. */
export function withFaultTime(
  document: ScenarioDocument,
  id: string,
  key: Slack['of'],
  us: number,
): ScenarioDocument {
  return withFaults(
    document,
    (document.faults ?? []).map((fault) =>
      fault.id === id ? { ...fault, [key]: writeDuration(us) } : fault,
    ),
  );
}

/**
 * Steps away from the present time, doubling, until it does not fail, and bisects the edge. The failure need not be
 * connected: the interval is what was reached without a gap at the tried points.
 */
function slackOf(
  document: ScenarioDocument,
  fault: FaultEntry,
  key: Slack['of'],
  trials: Trials,
): Slack | null {
  const text = fault[key];
  if (text === undefined) return null;
  const nowUs = parseDurationUs(text);
  const endUs = parseDurationUs(document.duration);
  const fails = (us: number): boolean =>
    (trials.run(withFaultTime(document, fault.id, key, us))?.failure ?? null) !== null;
  return searchNow(slackAround(key, nowUs, endUs), fails);
}

/** Steps away from the present time, both ways; the candidates are times. */
export function* slackAround(of: Slack['of'], nowUs: number, endUs: number): Search<number, Slack> {
  const down = yield* edge(nowUs, 0, -1);
  const up = yield* edge(nowUs, of === 'at' ? endUs - 1 : endUs, 1);
  return {
    of,
    fromUs: down.failsUs,
    toUs: up.failsUs,
    passesBelowUs: down.passesUs,
    passesAboveUs: up.passesUs,
  };
}

function* edge(
  startUs: number,
  limitUs: number,
  direction: 1 | -1,
): Search<number, { failsUs: number; passesUs: number | null }> {
  const clamp = (us: number): number =>
    direction === 1 ? Math.min(us, limitUs) : Math.max(us, limitUs);
  let failsUs = startUs;
  let passesUs: number | null = null;
  for (let stepUs = PRECISION_US; failsUs !== limitUs; stepUs *= 2) {
    const us = clamp(failsUs + direction * stepUs);
    if (yield us) failsUs = us;
    else {
      passesUs = us;
      break;
    }
  }
  while (passesUs !== null && Math.abs(passesUs - failsUs) > PRECISION_US) {
    const middleUs = Math.floor((passesUs + failsUs) / 2);
    if (yield middleUs) failsUs = middleUs;
    else passesUs = middleUs;
  }
  return { failsUs, passesUs };
}
