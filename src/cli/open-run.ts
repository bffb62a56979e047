import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { readSubject } from '../campaign/documents/document.ts';
import { DEFAULT_PLAN, planDocument, type RunPlan } from '../campaign/run/one-run.ts';
import { compileScenario } from '../scenario/compile.ts';
import { PROTOCOLS } from '../scenario/registry.ts';
import { parseSchedule } from '../scenario/schedule-file.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Checkpoint } from '../sim/engine/trace.ts';
import type { Fault } from '../sim/faults/fault.ts';
import { CommandError } from './exit-codes.ts';
import { loadScenario, readText, selectScenarios } from './find-scenarios.ts';
import { packageVersion } from './version.ts';
import { readRunFolder, resolveRunFolder } from './run-folder.ts';
import { tell } from './output.ts';
import { writeResolved } from './scenario-files.ts';

/** What a `<run>` argument means: a scenario, a seed, and what a recorded run said of them. */
export interface OpenedRun {
  readonly scenario: Scenario;
  readonly seed: string;
  /** The recorded schedule; null: the scenario's own. */
  readonly schedule: readonly Fault[] | null;
  /** The recorded hash; null for a scenario that was never recorded, and when the schedule was edited since. */
  readonly hash: string | null;
  /** The hash at every 1,024 events as recorded; empty for a scenario. */
  readonly checkpoints: readonly Checkpoint[];
  /** The run folder it came from; null for a scenario. */
  readonly folder: string | null;
  /** The run folder whose edited schedule this is, or null. */
  readonly editedFolder: string | null;
  /** The scenario's own text, as recorded or as it stands in its file. */
  readonly scenarioText: string;
  /** The version of splitbrain that recorded it, when that was another one. */
  readonly otherVersion: string | null;
}

/** What a scenario has that was never recorded. */
const UNRECORDED = {
  schedule: null,
  hash: null,
  checkpoints: [],
  folder: null,
  editedFolder: null,
  otherVersion: null,
} as const;

/** The scenario that a seed of a swarm stands for, left as a file: that is what its reproduction line names. */
function openDrawn(
  file: string,
  seed: string | undefined,
  plan: Pick<RunPlan, 'swarm' | 'strategy'>,
): OpenedRun {
  const subject = readSubject(readText(file), file);
  const drawnSeed = seed ?? subject.document.seed ?? '1';
  const document = planDocument(subject, drawnSeed, { ...DEFAULT_PLAN, ...plan });
  const resolved = writeResolved({ ...document, seed: drawnSeed });
  tell(`note: what this seed draws is written out in ${resolved}`);
  const scenario = loadScenario(resolved);
  return { ...UNRECORDED, scenario, seed: drawnSeed, scenarioText: readText(resolved) };
}

/** Opens `last`, `last-failed`, a run folder, or a scenario by name or file. */
export function openRun(
  arg: string,
  seed: string | undefined,
  plan: Pick<RunPlan, 'swarm' | 'strategy'> = DEFAULT_PLAN,
): OpenedRun {
  const folder = resolveRunFolder(arg);
  if (existsSync(folder) && statSync(folder).isDirectory()) {
    if (existsSync(join(folder, 'run.json'))) return openFolder(folder, seed);
    if (folder !== arg || existsSync(join(folder, 'schedule.json')))
      throw new CommandError(
        `${folder} has no run.json: it is not, or no longer, what \`splitbrain run\` left there; run the scenario again`,
      );
  } else if (folder !== arg)
    throw new CommandError(`the ${arg} run was in ${folder}, which is gone: run a scenario first`);
  const entries = selectScenarios([arg]);
  if (entries.length > 1)
    throw new CommandError(`"${arg}" means ${entries.length} scenarios; name one of them`);
  if (plan.swarm || plan.strategy !== 'random') return openDrawn(entries[0]!.file, seed, plan);
  const scenario = loadScenario(entries[0]!.file);
  return {
    ...UNRECORDED,
    scenario,
    seed: seed ?? scenario.defaultSeed,
    scenarioText: readText(entries[0]!.file),
  };
}

function openFolder(folder: string, seed: string | undefined): OpenedRun {
  if (seed !== undefined)
    throw new CommandError('--seed is for scenarios: a run folder has its own seed');
  const { record, scheduleText, scheduleFile, scheduleEdited } = readRunFolder(folder);
  if (record.splitbrain !== packageVersion())
    tell(
      `note: recorded by splitbrain ${record.splitbrain}, this is ${packageVersion()}: another hash may only mean that`,
    );
  if (scheduleEdited)
    tell(`note: ${scheduleFile} was edited since the run: the recorded hash does not apply to it`);
  const file = record.scenarioFile ?? folder;
  if (existsSync(file) && statSync(file).isFile() && readText(file) !== record.scenarioText)
    tell(`note: ${file} was changed since the run; this is the scenario as it was recorded`);
  const scenario = compileScenario(record.scenarioText, file, PROTOCOLS);
  return {
    ...UNRECORDED,
    scenario,
    seed: record.seed,
    schedule: parseSchedule(scheduleText, scheduleFile, scenario),
    hash: scheduleEdited ? null : record.hash,
    checkpoints: record.checkpoints,
    folder,
    editedFolder: scheduleEdited ? folder : null,
    scenarioText: record.scenarioText,
    otherVersion: record.splitbrain === packageVersion() ? null : record.splitbrain,
  };
}
