import type { RunResult } from '../scenario/run-result.ts';
import { reproduceWords, shellWord } from './reproduce-words.ts';

/**
 * How to get this very run again, from any directory: printed with every failure, always on one line. `without`: the
 * faults that were left out of it.
 */
export function reproduceCommand(result: RunResult, without: readonly string[] = []): string {
  const { name, file } = result.scenario;
  return reproduceWords(scenarioWord(name, file), result.seed, without, result.hash);
}

/** How to get a run again whose schedule stands in its folder. */
export function reproduceFolderCommand(folder: string): string {
  return `npx splitbrain replay ${shellWord(path().resolve(folder))}`;
}

/** How a command names a scenario: those of the package by their name, others by their whole path. */
export function scenarioWord(name: string, file: string | null): string {
  if (file === null) return name;
  const paths = path();
  const whole = paths.resolve(file);
  const bundled = bundledFolder();
  if (!whole.startsWith(bundled)) return whole;
  return paths
    .relative(bundled, whole)
    .replace(/\.ya?ml$/, '')
    .split(paths.sep)
    .join('/');
}

/** Asked for when needed: a page that runs scenarios bundles this file, and a browser has no paths. */
function path(): typeof import('node:path') {
  return process.getBuiltinModule('node:path');
}

/** The scenarios that come with the package: they have the same name wherever it is installed. */
function bundledFolder(): string {
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  const here = import.meta.url;
  return fileURLToPath(new URL('../../scenarios/', here));
}
