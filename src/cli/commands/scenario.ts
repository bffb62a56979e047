import { ScenarioError } from '../../scenario/scenario-error.ts';
import { scenarioJsonSchema } from '../../scenario/schema.ts';
import { EXIT } from '../exit-codes.ts';
import { loadScenario, selectScenarios } from '../find-scenarios.ts';
import { print, tell } from '../output.ts';

/** `splitbrain scenario validate`: reports the problems of every file. Returns the exit code. */
export function validate(names: readonly string[]): number {
  let failed = 0;
  const entries = selectScenarios(names);
  for (const { file } of entries)
    try {
      const scenario = loadScenario(file);
      print(`${file}: ${scenario.name} is valid`);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      failed += 1;
      tell(error.message);
    }
  print(`${entries.length - failed} passed, ${failed} failed`);
  return failed === 0 ? EXIT.ok : EXIT.usage;
}

/** `splitbrain scenario schema`. */
export function schema(): void {
  print(JSON.stringify(scenarioJsonSchema(), null, 2));
}
