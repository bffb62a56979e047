import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeJsonl } from '../history/write-jsonl.ts';
import { runJson } from '../report/run-json.ts';
import { outcomeOf, type RunResult } from '../scenario/run-result.ts';
import type { Fault } from '../sim/faults/fault.ts';
import { CommandError } from './exit-codes.ts';
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
      70,
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

export function readRunFolder(folder: string): { record: RunRecord; schedule: readonly Fault[] } {
  const parse = (file: string): unknown => {
    const path = join(folder, file);
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      throw new CommandError(
        `${path}: ${(error as Error).message}. Expected the ${file} that splitbrain run wrote; run the scenario again.`,
      );
    }
  };
  return {
    record: parse('run.json') as RunRecord,
    schedule: parse('schedule.json') as readonly Fault[],
  };
}

function writeWhole(path: string, text: string): void {
  const temporary = `${path}.part`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
