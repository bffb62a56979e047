import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

import type { Tally } from '../../campaign/run/tally.ts';
import type { CampaignData, RunData } from '../../report/html/report-data.ts';
import { writeScenario } from '../../campaign/documents/write-scenario.ts';
import type { ScenarioDocument } from '../../campaign/documents/document.ts';
import { CommandError } from '../exit-codes.ts';
import { compileScenario } from '../../scenario/compile.ts';
import { PROTOCOLS } from '../../scenario/registry.ts';
import { traceRun, type ReportParts } from './run-report.ts';

/** Of the failures of a campaign so many are shown as runs; all are listed. */
const MOST_RUNS = 12;
const FORMAT = 'splitbrain-fuzz/1';
const SNIFFED_BYTES = 200;

/** What `splitbrain fuzz --json` prints; only the fields that are used here. */
interface FuzzFile {
  readonly format: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly seeds: number;
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly swarm?: boolean;
  readonly strategy?: string;
  readonly subjects: readonly { readonly file: string; readonly document: ScenarioDocument }[];
  readonly buckets: readonly {
    readonly signature: string;
    readonly scenario: string;
    readonly seed: string;
    readonly count: number;
    readonly sentence: string;
    readonly hash: string;
    readonly reproduce: string;
  }[];
  readonly coverage: {
    readonly operations: Tally['operations'];
    readonly faults: Tally['faults'];
    readonly marks: Tally['marks'];
    readonly missed: readonly string[];
  };
  readonly divergences: number;
  readonly tally: Tally;
}

/** Whether a file begins as a campaign's result does. */
export function isCampaignFile(file: string): boolean {
  const bytes = Buffer.alloc(SNIFFED_BYTES);
  const descriptor = openSync(file, 'r');
  const size = readSync(descriptor, bytes, 0, SNIFFED_BYTES, 0);
  closeSync(descriptor);
  return /^\s*\{\s*"format"\s*:\s*"splitbrain-fuzz\//.test(bytes.toString('utf8', 0, size));
}

/** A campaign's failures, each with its shortest run in full. */
export function campaignReport(file: string): ReportParts {
  const fuzz = readFuzz(file);
  const runs: RunData[] = [];
  const buckets = fuzz.buckets.map((bucket): CampaignData['buckets'][number] => {
    const { signature, scenario, seed, count, sentence, reproduce } = bucket;
    const shown = runs.length < MOST_RUNS ? bucketRun(fuzz, bucket) : null;
    if (shown?.data !== undefined) runs.push(shown.data);
    return {
      signature,
      scenario,
      seed,
      count,
      sentence,
      reproduce,
      run: shown?.data === undefined ? null : runs.length - 1,
      note: shown?.note ?? `only the first ${MOST_RUNS} failures are in this file as runs`,
    };
  });
  // A campaign without failures still has a first run to look at.
  if (runs.length === 0) runs.push(firstRun(fuzz));
  const { coverage, tally } = fuzz;
  return {
    data: {
      title: `campaign: ${fuzz.failed} of ${fuzz.seeds} failed - splitbrain`,
      runs,
      campaign: {
        text: fuzz.reasons,
        seeds: fuzz.seeds,
        passed: fuzz.passed,
        failed: fuzz.failed,
        inconclusive: fuzz.inconclusive,
        verdict: fuzz.verdict,
        buckets,
        faults: Object.entries(coverage.faults).map(([kind, one]) => [
          kind,
          one.drawn,
          one.began,
          one.bit,
          one.effect,
        ]),
        operations: Object.entries(coverage.operations).map(([f, one]) => [
          f,
          one.ok,
          one.fail,
          one.info,
          one.okDuringFaults,
        ]),
        marks: Object.entries(coverage.marks),
        missed: coverage.missed,
        divergences: tally.divergences,
      },
    },
    file: `${file.replace(/\.json$/, '')}.html`,
    nondeterministic: fuzz.divergences > 0,
    warnings: [],
  };
}

function readFuzz(file: string): FuzzFile {
  const text = readFileSync(file, 'utf8');
  let data: FuzzFile;
  try {
    data = JSON.parse(text) as FuzzFile;
  } catch (error) {
    throw new CommandError(
      `${file}: ${(error as Error).message}. Expected what \`splitbrain fuzz --json\` printed; the file may be cut off.`,
    );
  }
  if (data.format !== FORMAT)
    throw new CommandError(
      `${file}: format ${data.format}, expected ${FORMAT}: it was written by another version of splitbrain`,
    );
  return data;
}

function firstRun(fuzz: FuzzFile): RunData {
  const subject = fuzz.subjects[0];
  if (subject === undefined)
    throw new CommandError('the campaign ran no scenario: there is nothing to show');
  return traceRun(openedFrom(subject, subject.document.seed ?? '1')).data;
}

function openedFrom(
  { file, document }: FuzzFile['subjects'][number],
  seed: string,
): Parameters<typeof traceRun>[0] {
  const scenarioText = writeScenario(document);
  return {
    scenario: compileScenario(scenarioText, file, PROTOCOLS),
    seed,
    schedule: null,
    hash: null,
    checkpoints: [],
    editedFolder: null,
    folder: null,
    scenarioText,
    otherVersion: null,
  };
}

function bucketRun(
  fuzz: FuzzFile,
  { scenario, seed, hash }: FuzzFile['buckets'][number],
): { readonly data?: RunData; readonly note: string } {
  if (fuzz.swarm === true || (fuzz.strategy !== undefined && fuzz.strategy !== 'random'))
    return { note: 'drawn by the swarm: replay it with the command, which writes its scenario' };
  const subject = fuzz.subjects.find(({ document }) => document.name === scenario);
  if (subject === undefined) return { note: 'its scenario is not in the file' };
  const { data, result } = traceRun(openedFrom(subject, seed));
  if (result.hash !== hash)
    return {
      note: `runs differently now (trace ${result.hash.slice(0, 8)}, then ${hash.slice(0, 8)}): the code changed`,
    };
  return { data, note: '' };
}
