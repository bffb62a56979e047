import { readFileSync } from 'node:fs';

import type { RunResult } from '../../scenario/run-result.ts';
import { runScenario } from '../../scenario/run.ts';
import {
  compileDocument,
  readSubject,
  withDocument,
  type Protocols,
  type ScenarioDocument,
  type Subject,
} from '../documents/document.ts';
import { runCampaign, type CampaignResult } from '../run/campaign.ts';
import { planDocument } from '../run/one-run.ts';
import { bucketsOf, type Bucket } from '../run/tally.ts';
import { judgeCampaign } from '../run/verdict.ts';
import { shrink, type ShrinkResult } from '../shrink/shrink.ts';
import {
  DEFAULT_TIMEOUT_MS,
  declaredAt,
  errorAt,
  isCi,
  SEED_SHARE,
  SHRINK_SHARE,
  seedsFor,
  type Environment,
  type RegisterTest,
  type SeedOptions,
} from './runner.ts';

/** The failure of a campaign, and what is known of it. */
export interface FailedCampaign {
  readonly name: string;
  readonly result: CampaignResult;
  readonly bucket: Bucket;
  /** The smallest run that fails alike, or the failing run as it was. */
  readonly shrunk: ShrinkResult | null;
  readonly run: RunResult;
}

/** How a failed campaign is told: the text of ux.md b.6. */
export type TellCampaign = (failed: FailedCampaign) => string;

export interface CampaignTestOptions extends SeedOptions {
  /** Named in errors; default: the file that was read. */
  readonly file?: string;
  /** Protocols the scenario may name; default: those of splitbrain. */
  readonly protocols?: Protocols;
  readonly swarm?: boolean;
  /** Real time of the whole test; the campaign ends well before it. Default 60 s. */
  readonly timeoutMs?: number;
  /** Shrink the first failure. Default true. */
  readonly shrink?: boolean;
  /** Fail when a kind of fault never bit or an operation never succeeded. Default false. */
  readonly requireCoverage?: boolean;
  /** Keys of the scenario, changed for this test: `nemesis`, `require`, `duration`, ... */
  readonly change?: Partial<ScenarioDocument>;
}

/**
 * `campaign(name, scenario, options)` for a test runner: one test that runs a scenario (its YAML text, or a file) under many
 * seeds and fails with the smallest story of the first failure. `SPLITBRAIN_SEED` (one) and `SPLITBRAIN_SEEDS` (a range)
 * in the environment replace the seeds.
 */
export function createCampaignTest(
  register: RegisterTest,
  tell: TellCampaign,
  env: Environment,
): (name: string, scenario: string | URL, options?: CampaignTestOptions) => void {
  return function campaign(name, scenario, options = {}) {
    const declared = declaredAt(campaign);
    const body = async (): Promise<void> => {
      const subject = subjectOf(scenario, options);
      const result = await runTestCampaign(subject, options, env);
      const problem = failureText(name, result, subject, options, tell);
      if (problem !== null) throw errorAt(problem, declared);
    };
    register(name, body, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  };
}

/** A text with several lines is the scenario itself. */
function subjectOf(scenario: string | URL, options: CampaignTestOptions): Subject {
  const isText = typeof scenario === 'string' && scenario.includes('\n');
  const text = isText ? scenario : readFileSync(scenario, 'utf8');
  const file = options.file ?? (isText ? 'scenario' : String(scenario).replace(/^file:\/\//, ''));
  const subject = readSubject(text, file, options.protocols);
  return withDocument(subject, { ...subject.document, ...options.change });
}

/** The campaign of a test, for tests that want to look at the sums themselves. */
export function runTestCampaign(
  subject: Subject,
  options: CampaignTestOptions,
  env: Environment,
): Promise<CampaignResult> {
  return runCampaign({
    subjects: [subject],
    seeds: seedsFor(options, env),
    plan: { swarm: options.swarm ?? false, verifyPercent: isCi(env) ? 100 : 1 },
    workers: 0,
    timeMs: (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) * SEED_SHARE,
  });
}

/** Null when the campaign is green; otherwise what the test fails with. */
function failureText(
  name: string,
  result: CampaignResult,
  subject: Subject,
  options: CampaignTestOptions,
  tell: TellCampaign,
): string | null {
  const { verdict, reasons } = judgeCampaign(result, options.requireCoverage ?? false);
  if (verdict === 'passed') return null;
  const [bucket] = bucketsOf(result.tally);
  if (bucket === undefined || verdict === 'nondeterministic')
    return `${verdict}: ${reasons.join('\n')}`;
  const { seed, signature } = bucket;
  const drawn = withDocument(subject, planDocument(subject, seed, result.plan));
  if (options.shrink === false) {
    const run = runScenario(compileDocument(drawn), { seed });
    return tell({ name, result, bucket, shrunk: null, run });
  }
  const maxMs = (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) * SHRINK_SHARE;
  const shrunk = shrink({ subject: drawn, seed, signature, limits: { maxMs } });
  return tell({ name, result, bucket, shrunk, run: shrunk.result });
}
