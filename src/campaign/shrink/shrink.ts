import { runScenario } from '../../scenario/run.ts';
import { isFailure, type RunResult } from '../../scenario/run-result.ts';
import { parseDurationUs } from '../../scenario/units.ts';
import type { Fault } from '../../sim/faults/fault.ts';
import {
  compileDocument,
  nodeNames,
  type ScenarioDocument,
  type Subject,
} from '../documents/document.ts';
import {
  withBitingFaults,
  withExplicitCore,
  withExplicitFaults,
  withExplicitOperations,
} from '../documents/explicit.ts';
import { CampaignError } from '../run/seeds.ts';
import { failuresFirst, type Failure } from '../run/signature.ts';
import { necessityOf, type FaultNecessity } from './necessity.ts';
import {
  calmNetwork,
  shrinkConfiguration,
  shrinkDuration,
  shrinkFaults,
  shrinkNodes,
  shrinkOperations,
  shrinkWorkload,
  type Pass,
} from './passes.ts';
import { shrinkCore } from './shrink-core.ts';
import { nameTargets, roundTimes } from './simplify.ts';
import { Trials, type TrialLimits } from './trials.ts';
import { untangle } from './untangle.ts';
import { nearestTwin, type PassingTwin } from './twin.ts';

export interface ShrinkOptions {
  readonly subject: Subject;
  readonly seed: string;
  /** The recorded schedule; null: what the scenario says and its nemesis draws. */
  readonly schedule?: readonly Fault[] | null;
  /** Which failure; null: the one to blame first, and a declared violation only where there is no other. */
  readonly signature?: string | null;
  readonly limits?: Partial<TrialLimits>;
  /** Also find the necessity and slack of each fault and the nearest passing twin. Default true. */
  readonly explain?: boolean;
  readonly onStep?: (size: ShrinkSize, runs: number) => void;
}

export interface ShrinkSize {
  readonly faults: number;
  /** Operations before the heal. */
  readonly operations: number;
  readonly clients: number;
  readonly servers: number;
  readonly durationUs: number;
  readonly events: number;
}

export interface ShrinkResult {
  readonly subject: Subject;
  readonly seed: string;
  readonly failure: Failure;
  readonly document: ScenarioDocument;
  /** The shrunk run. */
  readonly result: RunResult;
  readonly before: ShrinkSize;
  readonly after: ShrinkSize;
  /** No single fault, operation, client or server can go; false: the budget was spent before that was shown. */
  readonly minimal: boolean;
  readonly runs: number;
  readonly elapsedMs: number;
  readonly necessity: readonly FaultNecessity[];
  readonly twin: PassingTwin | null;
}

const DEFAULT_LIMITS: TrialLimits = { maxRuns: 4_000, maxMs: 45_000 };
const MAX_ROUNDS = 6;

/** Coarse to fine: what makes runs short comes first, what makes them readable last. */
const PASSES: readonly Pass[] = [
  untangle,
  shrinkDuration,
  shrinkCore,
  shrinkConfiguration,
  shrinkFaults,
  shrinkOperations,
  shrinkWorkload,
  shrinkNodes,
  nameTargets,
  roundTimes,
  shrinkDuration,
];

/**
 * The smallest scenario found in which the same failure (the same signature) comes back under the same seed, with its
 * schedule and operations written out. @throws CampaignError when the run does not fail.
 */
export function shrink(options: ShrinkOptions): ShrinkResult {
  const { subject, seed } = options;
  const first = runScenario(compileDocument(subject), { seed, schedule: options.schedule ?? null });
  const violations = failuresFirst(first);
  const wanted = options.signature ?? null;
  const failure =
    wanted === null
      ? violations[0]
      : violations.find(({ signature, property }) => signature === wanted || property === wanted);
  if (failure === undefined)
    throw new CampaignError(
      violations.length === 0
        ? `${subject.document.name} seed ${seed} violates nothing: there is nothing to shrink`
        : `${subject.document.name} seed ${seed} does not violate ${wanted ?? ''}; it violates ${violations.map(({ signature }) => signature).join(', ')}`,
    );
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const trials = new Trials(subject, seed, first, failure.signature, limits);
  let document = calmNetwork(
    explicitStart(withExplicitCore(subject.document, first), first, trials),
    trials,
  );
  let minimal = false;
  for (let round = 0; round < MAX_ROUNDS && !minimal && !trials.exhausted; round += 1) {
    const before = JSON.stringify(document);
    for (const pass of PASSES) {
      document = pass(document, trials);
      options.onStep?.(sizeOf(document, null), trials.runs);
    }
    // A whole round without a change has tried to remove every single item.
    minimal = JSON.stringify(document) === before && !trials.exhausted;
  }
  document = tidied({ ...document, seed });
  let last = trials.run(document)!;
  const candid = withSeenDeclarations(document, last.result);
  if (candid !== document) {
    document = candid;
    last = trials.run(document)!;
  }
  const explain = options.explain ?? true;
  const necessity = explain ? necessityOf(document, trials) : [];
  return {
    subject,
    seed,
    failure: last.failure ?? failure,
    document,
    result: last.result,
    before: sizeOf(
      withExplicitOperations(withExplicitFaults(subject.document, first.schedule), first),
      first,
    ),
    after: sizeOf(document, last.result),
    minimal,
    runs: trials.runs,
    elapsedMs: trials.elapsedMs(),
    necessity,
    twin: explain ? nearestTwin(document, necessity, trials) : null,
  };
}

/** Schedule and operations written out, as far as the failure survives that. */
function explicitStart(
  document: ScenarioDocument,
  first: RunResult,
  trials: Trials,
): ScenarioDocument {
  // A schedule that nothing of reproduces it (some draw goes by the nemesis itself) is left to the nemesis.
  const start =
    [withBitingFaults(document, first), withExplicitFaults(document, first.schedule)].find((one) =>
      trials.fails(one),
    ) ?? document;
  const scripted = withExplicitOperations(start, first);
  return trials.fails(scripted) ? scripted : start;
}

/** Without declared violations that the smallest run does not show any more: each would be a failure of its own. */
function withSeenDeclarations(
  document: ScenarioDocument,
  { properties }: RunResult,
): ScenarioDocument {
  const gone = new Set(
    properties
      .filter((one) => one.declared === 'violated' && isFailure(one))
      .map(({ name }) => name),
  );
  if (gone.size === 0) return document;
  const kept = Object.entries(document.properties ?? {}).filter(([name]) => !gone.has(name));
  return tidied({ ...document, properties: Object.fromEntries(kept) });
}

/** Without sections that say nothing. */
function tidied(document: ScenarioDocument): ScenarioDocument {
  const entries = Object.entries(document as Record<string, unknown>).filter(
    ([, value]) =>
      !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
  );
  return Object.fromEntries(entries) as unknown as ScenarioDocument;
}

function sizeOf(document: ScenarioDocument, result: RunResult | null): ShrinkSize {
  const { topology, script, faults, duration } = document;
  return {
    faults: (faults ?? []).length,
    operations: (script ?? []).length,
    clients: nodeNames(topology.clients, 'c').length,
    servers: nodeNames(topology.servers, 'n').length,
    durationUs: parseDurationUs(duration),
    events: result?.events ?? 0,
  };
}
