import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeJsonl } from '../history/write-jsonl.ts';
import { runJson } from '../report/run-json.ts';
import { outcomeOf, type RunResult } from '../scenario/run-result.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { readText } from './find-scenarios.ts';
import { packageVersion } from './version.ts';

const RUNS = join('.splitbrain', 'runs');

/** What `run.json` keeps: enough to run it again, and to see whether anything it depends on has changed. */
export interface RunRecord {
  readonly splitbrain: string;
  readonly node: string;
  readonly scenarioFile: string | null;
  /** The scenario's own text: a replay does not depend on the file. */
  readonly scenarioText: string;
  readonly seed: string;
  readonly hash: string;
  /** Of schedule.json as written: tells whether somebody has edited it since. */
  readonly scheduleDigest: string;
  readonly outcome: string;
  readonly checkpoints: RunResult['checkpoints'];
  readonly run: Record<string, unknown>;
}

/** Writes the files of a run (DESIGN §7) and returns their folder. Each file appears whole or not at all. */
export function writeRunFolder(result: RunResult, scenarioText: string): string {
  const { scenario, seed, hash } = result;
  const folder = join(
    RUNS,
    scenario.name,
    `${hash.slice(0, 8)}-${seed.replaceAll(/[^\w.-]/g, '_').slice(0, 40)}`,
  );
  const record: RunRecord = {
    splitbrain: packageVersion(),
    node: process.version,
    scenarioFile: scenario.file,
    scenarioText,
    seed,
    hash,
    scheduleDigest: digestOf(result.schedule),
    outcome: outcomeOf(result.properties),
    checkpoints: result.checkpoints,
    run: runJson(result),
  };
  try {
    mkdirSync(folder, { recursive: true });
    writeWhole(join(folder, 'schedule.json'), `${JSON.stringify(result.schedule, null, 2)}\n`);
    writeWhole(join(folder, 'history.jsonl'), writeJsonl(result.history));
    writeWhole(join(folder, 'run.json'), `${JSON.stringify(record, null, 2)}\n`);
    writeWhole(join(RUNS, 'last'), `${folder}\n`);
    if (record.outcome !== 'passed') writeWhole(join(RUNS, 'last-failed'), `${folder}\n`);
  } catch (error) {
    throw new CommandError(
      `cannot write the run's files to ${folder}: ${(error as Error).message}. ` +
        'Free some space or choose another working directory, or pass --no-files.',
      EXIT.internal,
    );
  }
  return folder;
}

/** The folder that `last`, `last-failed` or a path means. */
export function resolveRunFolder(arg: string): string {
  if (arg !== 'last' && arg !== 'last-failed') return arg;
  try {
    return readFileSync(join(RUNS, arg), 'utf8').trim();
  } catch {
    throw new CommandError(`there is no ${arg} run in ${RUNS}: run a scenario first`);
  }
}

export interface RunFolder {
  readonly record: RunRecord;
  /** The text of schedule.json, for {@link parseSchedule}. */
  readonly scheduleText: string;
  readonly scheduleFile: string;
  readonly scheduleEdited: boolean;
}

/** @throws CommandError when a file of the folder is missing, or is not what `run` wrote. */
export function readRunFolder(folder: string): RunFolder {
  const recordFile = join(folder, 'run.json');
  const scheduleFile = join(folder, 'schedule.json');
  const record = parseJson(recordFile, readText(recordFile)) as Partial<RunRecord>;
  for (const field of ['scenarioText', 'seed', 'hash', 'splitbrain'] as const)
    if (typeof record[field] !== 'string')
      throw new CommandError(
        `${recordFile}: "${field}" is missing or is no text. ${EXPECTED_RUN_FILE}`,
      );
  const scheduleText = readText(scheduleFile);
  return {
    record: { checkpoints: [], ...record } as RunRecord,
    scheduleText,
    scheduleFile,
    scheduleEdited: digestOf(parseJson(scheduleFile, scheduleText)) !== record.scheduleDigest,
  };
}

const EXPECTED_RUN_FILE =
  'Expected the file that `splitbrain run` wrote there; run the scenario again.';

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${file}: ${(error as Error).message}. ${EXPECTED_RUN_FILE}`);
  }
}

/** A digest of data, whatever the white space of the file it came from. */
function digestOf(data: unknown): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16);
}

function writeWhole(path: string, text: string): void {
  const temporary = `${path}.part`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
