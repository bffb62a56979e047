import { compileDocument } from '../documents/document.ts';
import type { CampaignResult } from './campaign.ts';

/** What a whole campaign says, the worst first. */
export type CampaignVerdict = 'nondeterministic' | 'violated' | 'error' | 'inconclusive' | 'passed';

export interface CampaignJudgement {
  readonly verdict: CampaignVerdict;
  /** One sentence for everything that is not as it should be. */
  readonly reasons: readonly string[];
  /** Goals that no run reached: they decide only when coverage is required. */
  readonly missed: readonly string[];
}

/** Judges the sum of all runs. What was never put to the test in any run makes the campaign inconclusive, not green. */
export function judgeCampaign(
  result: Pick<CampaignResult, 'tally' | 'subjects'>,
  requireCoverage: boolean,
): CampaignJudgement {
  const { tally } = result;
  const missed = missedGoals(result);
  const notFound = declaredNotFound(result);
  const vacuous = vacuousEverywhere(result);
  const reasons = [...tally.divergences, ...notFound];
  if (tally.failed > 0) reasons.push(`${tally.failed} of ${tally.runs} runs violate a property`);
  for (const { scenario, seed, name, message } of tally.errors)
    reasons.push(`${scenario} seed ${seed} could not be judged: ${name}: ${message}`);
  if (tally.inconclusive > 0) {
    const [first] = tally.undecided;
    const example =
      first === undefined
        ? 'raise maxEvents, or make the history easier to check (fewer clients, more keys)'
        : `${first.scenario} seed ${first.seed}, ${first.name}: ${first.message}`;
    reasons.push(`${tally.inconclusive} of ${tally.runs} runs ended without a verdict. ${example}`);
  }
  reasons.push(...vacuous);
  if (requireCoverage) reasons.push(...missed.map((goal) => `coverage goal missed: ${goal}`));
  return { verdict: worst(), reasons, missed };

  function worst(): CampaignVerdict {
    if (tally.divergenceCount > 0) return 'nondeterministic';
    if (tally.failed > 0 || notFound.length > 0) return 'violated';
    if (tally.errorCount > 0) return 'error';
    const untested = vacuous.length > 0 || (requireCoverage && missed.length > 0);
    return tally.inconclusive > 0 || untested ? 'inconclusive' : 'passed';
  }
}

/** A declared violation that no seed showed is a failure of the scenario (DESIGN §5). */
function declaredNotFound({
  tally,
  subjects,
}: Pick<CampaignResult, 'tally' | 'subjects'>): string[] {
  return subjects.flatMap(({ document: { name, properties } }) =>
    Object.entries(properties ?? {})
      .filter(
        ([property, declared]) =>
          declared === 'violated' && (tally.verdicts[`${name}/${property}`]?.violated ?? 0) === 0,
      )
      .map(([property]) => `${name}: ${property} is declared violated, and no run violated it`),
  );
}

function vacuousEverywhere({
  tally,
  subjects,
}: Pick<CampaignResult, 'tally' | 'subjects'>): string[] {
  // A run that ends at a violation puts little else to the test.
  if (tally.failed > 0) return [];
  const reasons = Object.entries(tally.verdicts)
    .filter(
      ([, verdicts]) =>
        (verdicts.vacuous ?? 0) > 0 &&
        verdicts.holds === undefined &&
        verdicts.violated === undefined,
    )
    .map(
      ([name, verdicts]) => `${name} was never put to the test in ${verdicts.vacuous ?? 0} runs`,
    );
  const silent = tally.runs > tally.errorCount && Object.keys(tally.operations).length === 0;
  if (silent)
    reasons.push(
      `no client ever asked for anything in ${subjects.map(({ document }) => document.name).join(', ')}: add topology.clients and a workload or a script`,
    );
  return reasons;
}

/** `sometimes` goals: every fault kind bites, every operation succeeds, also while a fault is active; every mark is reached. */
export function missedGoals({
  tally,
  subjects,
}: Pick<CampaignResult, 'tally' | 'subjects'>): string[] {
  const goals: string[] = [];
  for (const [kind, { drawn, bit }] of Object.entries(tally.faults))
    if (bit === 0) goals.push(`no ${kind} fault (of ${drawn}) ever had an effect`);
  const faulty = Object.keys(tally.faults).length > 0;
  const operations = new Set(
    subjects.flatMap(({ document: { workload, script } }) => [
      ...Object.entries(workload?.mix ?? {}).flatMap(([f, weight]) => (weight > 0 ? [f] : [])),
      ...(script ?? []).map((step) => step.do),
    ]),
  );
  for (const f of operations) {
    const counts = tally.operations[f];
    if (counts === undefined || counts.ok === 0) goals.push(`no ${f} ever succeeded`);
    else if (faulty && counts.okDuringFaults === 0)
      goals.push(`no ${f} ever succeeded while a fault was active`);
  }
  return goals;
}

/** Marks of the protocols: how many runs reached each; 0 is worth a look, but some depend on the configuration. */
export function markCounts({
  tally,
  subjects,
}: Pick<CampaignResult, 'tally' | 'subjects'>): [mark: string, runs: number][] {
  const marks = new Set(subjects.flatMap((subject) => compileDocument(subject).protocol.marks));
  return [...marks].map((mark) => [mark, tally.marks[mark] ?? 0]);
}
