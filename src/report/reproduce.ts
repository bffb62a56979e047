import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { RunResult } from '../scenario/run-result.ts';

/** The scenarios that come with the package: they have the same name wherever it is installed. */
const BUNDLED = fileURLToPath(new URL('../../scenarios/', import.meta.url));

/** As many digits of a trace hash as people are shown. */
export const SHORT_HASH_DIGITS = 8;

/**
 * How to get this very run again, from any directory: printed with every failure, always on one line. `without`: the
 * faults that were left out of it.
 */
export function reproduceCommand(result: RunResult, without: readonly string[] = []): string {
  const { name, file } = result.scenario;
  const words = [scenarioWord(name, file), '--seed', result.seed];
  if (without.length > 0) words.push('--without', ...without);
  words.push('--expect', result.hash.slice(0, SHORT_HASH_DIGITS));
  return `npx splitbrain replay ${words.map(shellWord).join(' ')}`;
}

/** How to get a run again whose schedule stands in its folder. */
export function reproduceFolderCommand(folder: string): string {
  return `npx splitbrain replay ${shellWord(resolve(folder))}`;
}

/** How a command names a scenario: those of the package by their name, others by their whole path. */
export function scenarioWord(name: string, file: string | null): string {
  if (file === null) return name;
  const path = resolve(file);
  if (!path.startsWith(BUNDLED)) return path;
  return relative(BUNDLED, path)
    .replace(/\.ya?ml$/, '')
    .split(sep)
    .join('/');
}

/** A text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
