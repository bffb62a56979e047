import type { RunResult } from '../scenario/run-result.ts';
import { runScenario } from '../scenario/run.ts';
import {
  compileDocument,
  readSubject,
  withDocument,
  type Protocols,
} from './documents/document.ts';
import { writeScenario } from './documents/write-scenario.ts';
import { runCampaign, type CampaignResult } from './run/campaign.ts';
import { planDocument } from './run/one-run.ts';
import { endlessSeeds, listedSeeds, parseSeeds, type SeedList } from './run/seeds.ts';
import { bucketsOf } from './run/tally.ts';
import { judgeCampaign } from './run/verdict.ts';
import { shrink } from './shrink/shrink.ts';

/** What `simTest` needs of the test runner; vitest's `test` is one. */
export type RegisterTest = (name: string, body: () => Promise<void>, timeoutMs: number) => void;

/** How a failing run is told: the text of `splitbrain run`. */
export type TellFailure = (result: RunResult) => string;

export interface SimTestOptions {
  /** The scenario's YAML text. */
  readonly scenario: string;
  /** Named in errors; default: the scenario's text has no file. */
  readonly file?: string;
  /** Protocols the scenario may name; default: those of splitbrain. */
  readonly protocols?: Protocols;
  /** `17..40`, `500`, or a list. Under CI only these run. Default: 20 seeds. */
  readonly seeds?: string | readonly string[];
  /** Outside CI, so many fresh seeds besides. Default 5. */
  readonly freshSeeds?: number;
  readonly swarm?: boolean;
  /** Real time of the whole test; the campaign ends well before it. Default 60 s. */
  readonly timeoutMs?: number;
  /** Shrink the first failure. Default true. */
  readonly shrink?: boolean;
}

/** Share of the runner's own timeout that seeds may use; the rest is for shrinking and telling. */
const SEED_SHARE = 0.6;
const SHRINK_SHARE = 0.25;
const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * A `simTest` for a test runner: `simTest(name, options)` registers one test that runs a scenario under many seeds and
 * fails with the smallest story of the first failure. `SPLITBRAIN_SEED` (one) and `SPLITBRAIN_SEEDS` (a range) in the
 * environment replace the seeds.
 */
export function createSimTest(
  register: RegisterTest,
  tell: TellFailure,
  env: Readonly<Record<string, string | undefined>>,
): (name: string, options: SimTestOptions) => void {
  return (name, options) => {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const body = async (): Promise<void> => {
      const result = await campaign(options, env);
      const problem = failureText(result, options, tell);
      if (problem !== null) throw new Error(problem);
    };
    register(name, body, timeoutMs);
  };
}

/** The campaign of a `simTest`, for tests that want to look at the sums themselves. */
export async function campaign(
  options: SimTestOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CampaignResult> {
  const subject = readSubject(options.scenario, options.file ?? 'scenario', options.protocols);
  return runCampaign({
    subjects: [subject],
    seeds: seedsFor(options, env),
    plan: { swarm: options.swarm ?? false, verifyPercent: isCi(env) ? 100 : 1 },
    workers: 0,
    timeMs: (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) * SEED_SHARE,
  });
}

/** Null when the campaign is green; otherwise what the test fails with. */
export function failureText(
  result: CampaignResult,
  options: SimTestOptions,
  tell: TellFailure,
): string | null {
  const { verdict, reasons } = judgeCampaign(result, false);
  if (verdict === 'passed') return null;
  const [bucket] = bucketsOf(result.tally);
  if (bucket === undefined) return `${verdict}: ${reasons.join('\n')}`;
  const subject = readSubject(options.scenario, options.file ?? 'scenario', options.protocols);
  const lines = [
    `${bucket.signature}: ${bucket.count} of ${result.tally.runs} runs, shortest seed ${bucket.seed}`,
    `Again: SPLITBRAIN_SEED=${bucket.seed}`,
    '',
  ];
  const { seed } = bucket;
  const drawn = withDocument(subject, planDocument(subject, seed, result.plan));
  if (options.shrink === false)
    return [...lines, tell(runScenario(compileDocument(drawn), { seed }))].join('\n');
  const maxMs = (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) * SHRINK_SHARE;
  const shrunk = shrink({
    subject: drawn,
    seed,
    signature: bucket.signature,
    limits: { maxMs },
    explain: false,
  });
  return [
    ...lines,
    tell(shrunk.result),
    '',
    'The smallest run that fails, as a scenario:',
    writeScenario(shrunk.document),
  ].join('\n');
}

/** Pinned seeds always; fresh ones, drawn from the clock, only where a person is there to see them. */
function seedsFor(
  { seeds = '20', freshSeeds = 5 }: SimTestOptions,
  env: Readonly<Record<string, string | undefined>>,
): SeedList {
  const one = env['SPLITBRAIN_SEED'];
  if (one !== undefined) return listedSeeds([one], one);
  const range = env['SPLITBRAIN_SEEDS'];
  if (range === 'endless') return endlessSeeds();
  if (range !== undefined) return parseSeeds(range);
  const pinned = typeof seeds === 'string' ? parseSeeds(seeds) : listedSeeds(seeds, 'list');
  if (isCi(env)) return pinned;
  const all = Array.from({ length: pinned.count }, (_, position) => pinned.at(position));
  const fresh = Array.from({ length: freshSeeds }, (_, index) => `fresh-${Date.now()}-${index}`);
  return listedSeeds([...all, ...fresh], `${pinned.text} and ${freshSeeds} fresh`);
}

function isCi(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['CI'] === 'true' || env['CI'] === '1';
}
