import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { readSubject, withDocument, type Subject } from '../../campaign/documents/document.ts';
import type { ScenarioDocument } from '../../campaign/documents/document.ts';
import { DEFAULT_PLAN, planDocument } from '../../campaign/run/one-run.ts';
import type { Strategy } from '../../campaign/run/strategy.ts';
import { shrink, type ShrinkResult } from '../../campaign/shrink/shrink.ts';
import { shellWord } from '../../report/reproduce-words.ts';
import { shrinkJson, shrinkNotes, shrinkText } from '../../report/shrink-text.ts';
import type { Fault } from '../../sim/faults/fault.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { readText, selectScenarios } from '../find-scenarios.ts';
import { openRun } from '../open-run.ts';
import { print, stdoutStyle } from '../output.ts';
import { ProgressPrinter } from '../progress.ts';
import { readRunFolder, resolveRunFolder } from '../run-folder.ts';
import { writeScenarioFile } from '../scenario-files.ts';
import { omit } from '../../campaign/documents/omit.ts';

export interface ShrinkCommandOptions {
  readonly seed?: string;
  readonly swarm?: boolean;
  readonly strategy: Strategy;
  readonly signature?: string;
  readonly out?: string;
  readonly time?: number;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

/** What `shrink` and `corpus add` begin from. */
export interface OpenedFailure {
  readonly subject: Subject;
  readonly seed: string;
  readonly schedule: readonly Fault[] | null;
}

/** `splitbrain shrink`: writes the smallest scenario that still fails. Returns the exit code: 1, for it fails. */
export function shrinkCommand(arg: string, options: ShrinkCommandOptions): number {
  const opened = openFailure(arg, options);
  const progress = new ProgressPrinter('auto', options.json === true);
  const shrunk = shrink({
    ...opened,
    signature: options.signature ?? null,
    ...(options.time === undefined ? {} : { limits: { maxMs: options.time } }),
    onStep: (size, runs) => {
      progress.show(
        `shrinking: ${size.faults} faults, ${size.operations} operations, ${size.servers} servers after ${runs} runs`,
      );
    },
  });
  progress.clear();
  const file = writeShrunk(shrunk, options.out);
  if (options.json === true) print(JSON.stringify(shrinkJson(shrunk, file), null, 2));
  else {
    for (const line of shrinkText(shrunk, stdoutStyle(options))) print(line);
    print('');
    print(`  Written to  ${file}`);
    const path = shellWord(resolve(file));
    print(`  Reproduce   npx splitbrain replay ${path}`);
    print(`  Keep        npx splitbrain corpus add ${path}`);
  }
  return EXIT.violated;
}

/** Writes the shrunk scenario under its own name and returns the file. */
export function writeShrunk(shrunk: ShrinkResult, out: string | undefined): string {
  const name = shrunkName(shrunk);
  const file = out ?? join('.splitbrain', 'shrunk', `${name}.yaml`);
  writeScenarioFile(file, shrunkDocument(shrunk, name), shrinkNotes(shrunk));
  return file;
}

function shrunkDocument({ document, failure }: ShrinkResult, name: string): ScenarioDocument {
  return {
    ...omit(document, 'claim', 'source', 'tags'),
    name,
    title: `${failure.property} violated, smallest run found`,
  };
}

function shrunkName({ subject, failure, seed }: ShrinkResult): string {
  const words = `${subject.document.name}-${failure.property}-seed-${seed}`;
  return words
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 80);
}

/** A run folder, `last-failed`, or a scenario and a seed. */
export function openFailure(
  arg: string,
  options: Pick<ShrinkCommandOptions, 'seed' | 'swarm' | 'strategy'>,
): OpenedFailure {
  const folder = resolveRunFolder(arg);
  if (isRunFolder(folder)) {
    if (options.seed !== undefined)
      throw new CommandError('--seed is for scenarios: a run folder has its own seed');
    const { record } = readRunFolder(folder);
    const { seed, schedule } = openRun(arg, undefined);
    const subject = readSubject(record.scenarioText, record.scenarioFile ?? folder);
    return { subject, seed, schedule };
  }
  const entries = selectScenarios([arg]);
  if (entries.length > 1)
    throw new CommandError(`"${arg}" means ${entries.length} scenarios; name one of them`);
  const { file } = entries[0]!;
  const subject = readSubject(readText(file), file);
  const seed = options.seed ?? subject.document.seed ?? '1';
  const plan = { ...DEFAULT_PLAN, swarm: options.swarm ?? false, strategy: options.strategy };
  const drawn = withDocument(subject, planDocument(subject, seed, plan));
  return { subject: drawn, seed, schedule: null };
}

function isRunFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory() && existsSync(join(path, 'run.json'));
}
