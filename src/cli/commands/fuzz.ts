import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { readSubject, type Subject } from '../../campaign/documents/document.ts';
import { runCampaign, type CampaignResult } from '../../campaign/run/campaign.ts';
import { compareCampaigns, type CampaignComparison } from '../../campaign/run/compare.ts';
import { readTally } from '../../campaign/run/ledger.ts';
import { planDocument } from '../../campaign/run/one-run.ts';
import type { Strategy } from '../../campaign/run/strategy.ts';
import {
  endlessSeeds,
  parseSeeds,
  parseShard,
  seedsOfLines,
  type SeedList,
} from '../../campaign/run/seeds.ts';
import { bucketsOf } from '../../campaign/run/tally.ts';
import { judgeCampaign } from '../../campaign/run/verdict.ts';
import { campaignJson } from '../../report/campaign-json.ts';
import { progressDisplay, progressLine } from '../../report/campaign-progress.ts';
import { campaignText } from '../../report/campaign-text.ts';
import { drawnConfiguration } from '../../report/drawn-configuration.ts';
import { githubAnnotations, githubSummary } from '../../report/github.ts';
import { junitXml } from '../../report/junit.ts';
import { shrinkText } from '../../report/shrink-text.ts';
import { exitForCampaign } from '../campaign-exit.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { readText, selectScenarios } from '../find-scenarios.ts';
import { keepFailure, type KeptFailure } from '../keep-failure.ts';
import { print, stdoutStyle, tell } from '../output.ts';
import { ProgressPrinter } from '../progress.ts';
import { appendSummary, writeResolved, writeWhole } from '../scenario-files.ts';
import { packageVersion } from '../version.ts';
import { EventStream } from '../event-stream.ts';
import { catchSignals } from '../signals.ts';
import { shrinkBuckets, type ShrunkBucket } from './shrink-buckets.ts';

export interface FuzzOptions {
  readonly seeds?: string;
  readonly time?: number;
  readonly workers?: number;
  readonly shard?: string;
  readonly swarm?: boolean;
  readonly strategy: Strategy;
  readonly verifyDeterminism?: number | true;
  readonly requireCoverage?: boolean;
  readonly state?: string | false;
  readonly resume?: boolean;
  readonly shrink: boolean;
  readonly files: boolean;
  readonly junit?: string;
  readonly jsonl?: string;
  readonly json?: boolean;
  readonly progress: 'auto' | 'line' | 'none';
  readonly color?: boolean;
  readonly ascii?: boolean;
}

const DEFAULT_SEEDS = '100';

/** `splitbrain fuzz`: a campaign. Returns the exit code. */
export async function fuzz(names: readonly string[], options: FuzzOptions): Promise<number> {
  const subjects = selectScenarios(names).map(({ file }) => readSubject(readText(file), file));
  const signals = catchSignals();
  const progress = new ProgressPrinter(options.progress, options.json === true);
  const events = options.jsonl === undefined ? null : new EventStream(options.jsonl);
  events?.start(subjects);
  const requireCoverage = options.requireCoverage ?? false;
  const { env } = process;
  const file = stateFile(options, subjects);
  const previous = file === null || options.resume === true ? null : readTally(file);
  const result = await runCampaign({
    subjects,
    seeds: seedsFor(options),
    plan: {
      swarm: options.swarm ?? false,
      strategy: options.strategy,
      verifyPercent: verifyPercent(options),
    },
    workers: options.workers ?? null,
    timeMs: options.time ?? null,
    shard: options.shard === undefined ? null : parseShard(options.shard, env),
    stateFile: file,
    resume: options.resume ?? false,
    version: packageVersion(),
    signal: signals.signal,
    onProgress: (state) => {
      progress.show(progressLine(state), () => progressDisplay(state));
      events?.progress(state);
    },
  });
  const shrunk =
    options.shrink && result.ended !== 'interrupted' && result.tally.divergenceCount === 0
      ? await shrinkBuckets(result, progress, signals.signal)
      : [];
  events?.end(result, judgeCampaign(result, requireCoverage).verdict);
  progress.clear();
  signals.release();
  const kept = options.files ? keptFailure(result) : null;
  const comparison = previous === null ? null : compareCampaigns(previous, result);
  report(result, shrunk, kept, options, requireCoverage, comparison);
  const unwritten = events?.error ?? (kept instanceof CommandError ? kept.message : null);
  if (unwritten !== null) tell(`error: ${unwritten}`);
  if (result.ended === 'interrupted') return signals.exitCode();
  return result.stateError === null && unwritten === null
    ? exitForCampaign(result, requireCoverage)
    : EXIT.internal;
}

/** The failure that is `last-failed` from now on; or why its files could not be written, which costs nobody the results. */
function keptFailure(result: CampaignResult): KeptFailure | CommandError | null {
  // A run that differs each time is not the one that was seen.
  if (result.tally.divergenceCount > 0) return null;
  try {
    return keepFailure(result);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

function report(
  result: CampaignResult,
  shrunk: readonly ShrunkBucket[],
  kept: KeptFailure | CommandError | null,
  options: FuzzOptions,
  requireCoverage: boolean,
  comparison: CampaignComparison | null,
): void {
  const { env } = process;
  if (options.json === true)
    print(
      JSON.stringify(
        {
          ...campaignJson(result, requireCoverage, comparison),
          shrunk: shrunk.map(({ json }) => json),
          lastFailed: kept instanceof CommandError ? null : (kept?.folder ?? null),
        },
        null,
        2,
      ),
    );
  else {
    for (const { shrunk: one, file } of shrunk) {
      for (const line of shrinkText(one, stdoutStyle(options))) print(line);
      print(`  Written to  ${file}`);
      print('');
    }
    if (kept !== null && !(kept instanceof CommandError)) {
      print(`  last-failed is now ${kept.scenario} seed ${kept.seed}   ${kept.folder}`);
      print('');
    }
    if (result.plan.swarm) printDrawn(result);
    for (const line of campaignText(result, stdoutStyle(options), requireCoverage, comparison))
      print(line);
  }
  if (options.junit !== undefined) writeWhole(options.junit, junitXml(result, requireCoverage));
  if (env['GITHUB_ACTIONS'] === 'true') {
    for (const line of githubAnnotations(result, requireCoverage)) tell(line);
    if (env['GITHUB_STEP_SUMMARY'] !== undefined)
      appendSummary(env['GITHUB_STEP_SUMMARY'], githubSummary(result, requireCoverage));
  }
}

/** Kinds of failure whose configuration is printed; the files of all can be had with `replay --swarm`. */
const MAX_DRAWN = 3;

/** What the seed of a failure stands for, resolved: on the screen, and as a scenario of its own. */
function printDrawn(result: CampaignResult): void {
  for (const { scenario, seed, signature } of bucketsOf(result.tally).slice(0, MAX_DRAWN)) {
    const subject = result.subjects.find(({ document }) => document.name === scenario)!;
    const document = { ...planDocument(subject, seed, result.plan), seed };
    print(`  Configuration that seed ${seed} drew (${signature})   ${writeResolved(document)}`);
    for (const line of drawnConfiguration(document)) print(`    ${line}`);
    print('');
  }
}

function seedsFor({ seeds, time }: FuzzOptions): SeedList {
  if (seeds === undefined) return time === undefined ? parseSeeds(DEFAULT_SEEDS) : endlessSeeds();
  if (!seeds.startsWith('@')) return parseSeeds(seeds);
  return seedsOfLines(readText(seeds.slice(1)), seeds.slice(1));
}

function verifyPercent({ verifyDeterminism }: FuzzOptions): number {
  if (typeof verifyDeterminism === 'number') return verifyDeterminism;
  const inCi = process.env['CI'] === 'true' || process.env['CI'] === '1';
  return verifyDeterminism === true || inCi ? 100 : 1;
}

function stateFile(
  { state, ...options }: FuzzOptions,
  subjects: readonly Subject[],
): string | null {
  if (state === false) return null;
  if (state !== undefined) return state;
  const about = [subjects.map(({ file }) => file), options.seeds, options.shard, options.swarm];
  const digest = createHash('sha256').update(JSON.stringify([about, options.strategy]));
  const name = subjects.length === 1 ? subjects[0]!.document.name : `${subjects.length}-scenarios`;
  return join('.splitbrain', 'campaigns', `${name}-${digest.digest('hex').slice(0, 8)}.jsonl`);
}
