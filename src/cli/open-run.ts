import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { readSubject } from '../campaign/documents/document.ts';
import { DEFAULT_PLAN, planDocument, type RunPlan } from '../campaign/run/one-run.ts';
import { compileScenario } from '../scenario/compile.ts';
import { PROTOCOLS } from '../scenario/registry.ts';
import { parseSchedule } from '../scenario/schedule-file.ts';
import type { Scenario } from '../scenario/scenario.ts';
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
  /** The run folder whose edited schedule this is, or null. */
  readonly editedFolder: string | null;
  /** The folder it was read from; null for a scenario. */
  readonly folder: string | null;
  /** The scenario's own text, as recorded or as it stands in its file. */
  readonly scenarioText: string;
  /** The version of splitbrain that recorded it, when that was another one. */
  readonly otherVersion: string | null;
}

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

/** What is not known of a scenario that was never run. */
const UNRECORDED = {
  schedule: null,
  hash: null,
  editedFolder: null,
  folder: null,
  otherVersion: null,
} as const;

/** Opens `last`, `last-failed`, a run folder, or a scenario by name or file. */
export function openRun(
  arg: string,
  seed: string | undefined,
  plan: Pick<RunPlan, 'swarm' | 'strategy'> = DEFAULT_PLAN,
): OpenedRun {
  const folder = resolveRunFolder(arg);
  if (
    existsSync(folder) &&
    statSync(folder).isDirectory() &&
    existsSync(join(folder, 'run.json'))
  ) {
    if (seed !== undefined)
      throw new CommandError('--seed is for scenarios: a run folder has its own seed');
    const { record, scheduleText, scheduleFile, scheduleEdited } = readRunFolder(folder);
    if (record.splitbrain !== packageVersion())
      tell(
        `note: recorded by splitbrain ${record.splitbrain}, this is ${packageVersion()}: another hash may only mean that`,
      );
    if (scheduleEdited)
      tell(
        `note: ${scheduleFile} was edited since the run: the recorded hash does not apply to it`,
      );
    const file = record.scenarioFile ?? folder;
    const scenario = compileScenario(record.scenarioText, file, PROTOCOLS);
    return {
      scenario,
      seed: record.seed,
      schedule: parseSchedule(scheduleText, scheduleFile, scenario),
      hash: scheduleEdited ? null : record.hash,
      editedFolder: scheduleEdited ? folder : null,
      folder,
      scenarioText: record.scenarioText,
      otherVersion: record.splitbrain === packageVersion() ? null : record.splitbrain,
    };
  }
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
