import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import type { RunResult } from '../../src/scenario/run-result.ts';
import { runScenario } from '../../src/scenario/run.ts';

/** Runs a scenario of a test's own: these lines, and a name. */
export function runText(lines: string, seed = '1'): RunResult {
  const text = `name: t\ntitle: t\n${lines}`;
  return runScenario(compileScenario(text, 't.yaml', PROTOCOLS), { seed });
}

/** The names of what is violated. */
export function violatedOf({ properties }: RunResult): readonly string[] {
  return properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);
}
