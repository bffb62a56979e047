import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Workshop, type CliResult } from '../e2e/cli.ts';

const SCENARIOS = fileURLToPath(new URL('scenarios/', import.meta.url));

/** Writes reports with the built command line, in a directory of its own. */
export class Reports {
  readonly workshop = new Workshop();

  /** The report of a run; `words`: the arguments of `splitbrain report`. */
  write(name: string, words: readonly string[], code = 0): string {
    const file = this.workshop.path(`${name}.html`);
    const result = this.cli(['report', ...words, '-o', file]);
    if (result.code !== code)
      throw new Error(
        `report ${words.join(' ')} ended with ${result.code ?? 'a signal'}: ${result.stderr}`,
      );
    return file;
  }

  cli(words: readonly string[]): CliResult {
    return this.workshop.cli(words);
  }

  close(): void {
    this.workshop.remove();
  }
}

/** A scenario of these tests, by file name. */
export function own(name: string): string {
  return join(SCENARIOS, `${name}.yaml`);
}

export function textOf(file: string): string {
  return readFileSync(file, 'utf8');
}
