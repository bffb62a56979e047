import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of recorded histories beside the project, when there is one: `../shared/histories`, or a level further up. */
export function sharedHistories(): string | undefined {
  let folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
  for (let up = 0; up < 4; up++) {
    folder = dirname(folder);
    const candidate = join(folder, 'shared', 'histories');
    if (existsSync(join(candidate, 'VERDICTS.tsv'))) return candidate;
  }
  return undefined;
}

/** The copies that the suite cannot do without. */
export const OWN_HISTORIES = join(dirname(fileURLToPath(import.meta.url)), '..', 'histories');

export interface KnownVerdict {
  readonly file: string;
  readonly model: string;
  readonly expected: 'ok' | 'violation';
}

/** The rows of a VERDICTS.tsv. */
export function knownVerdicts(folder: string): KnownVerdict[] {
  return readFileSync(join(folder, 'VERDICTS.tsv'), 'utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [file, model, expected] = line.split('\t') as [string, string, 'ok' | 'violation'];
      return { file, model, expected };
    });
}
