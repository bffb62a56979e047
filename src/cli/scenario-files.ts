import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { ScenarioDocument } from '../campaign/documents/document.ts';
import { writeScenario, type ScenarioNotes } from '../campaign/documents/write-scenario.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { readText } from './find-scenarios.ts';

const RESOLVED = join('.splitbrain', 'resolved');

/** Writes a scenario that was drawn, and returns its file. */
export function writeResolved(document: ScenarioDocument): string {
  const seed = (document.seed ?? '1').replaceAll(/[^\w.-]/g, '_').slice(0, 40);
  const file = join(RESOLVED, `${document.name}-${seed}.yaml`);
  writeScenarioFile(file, document, {});
  return file;
}

/** Writes a scenario file, whole or not at all. */
export function writeScenarioFile(
  file: string,
  document: ScenarioDocument,
  notes: ScenarioNotes,
): void {
  writeWhole(file, writeScenario(document, notes));
}

/** Writes a file, whole or not at all. @throws CommandError (exit 70) that names the file. */
export function writeWhole(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (file.startsWith('/dev/')) {
      writeFileSync(file, text);
      return;
    }
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  } catch (error) {
    throw new CommandError(
      `cannot write ${file}: ${(error as Error).message}. Free some space or name another place.`,
      EXIT.internal,
    );
  }
}

const BEGIN = '<!-- strategies: begin -->';
const END = '<!-- strategies: end -->';

/** Replaces what stands between the marks of a file. @throws CommandError when it has none. */
export function writeBetweenMarks(file: string, lines: readonly string[]): void {
  const text = readText(file);
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new CommandError(
      `${file}: expected the lines ${BEGIN} and ${END}, to write between them`,
    );
  const between = `${BEGIN}\n\n${lines.join('\n')}\n\n`;
  writeWhole(file, `${text.slice(0, begin)}${between}${text.slice(end)}`);
}

/** Adds to the job summary that GitHub shows. */
export function appendSummary(file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch (error) {
    throw new CommandError(
      `cannot write GITHUB_STEP_SUMMARY (${file}): ${(error as Error).message}`,
      EXIT.internal,
    );
  }
}
