import { lockPicture } from '../../report/lock-picture.ts';
import { runText } from '../../report/run-text.ts';
import { runJson } from '../../report/run-json.ts';
import { story } from '../../report/story.ts';
import { outcomeOf, type RunOutcome, type RunResult } from '../../scenario/run-result.ts';
import { runScenarioInTurns } from '../../scenario/run.ts';
import { exitFor } from '../exit-codes.ts';
import { loadScenario, readText, selectScenarios } from '../find-scenarios.ts';
import { print, stdoutStyle, tell } from '../output.ts';
import { writeRunFolder } from '../run-folder.ts';
import { catchSignals } from '../signals.ts';

export interface RunCommandOptions {
  readonly seed?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly stopAtViolation?: boolean;
  readonly files?: boolean;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

/** `splitbrain run`: one run for each scenario, until a signal. Returns the exit code. */
export async function run(names: readonly string[], options: RunCommandOptions): Promise<number> {
  const results: RunResult[] = [];
  // All files are read before anything runs: a mistake in the last one should not cost the first one's time.
  const scenarios = selectScenarios(names).map(({ file }) => loadScenario(file));
  const signals = catchSignals();
  const isWanted = (): boolean => !signals.signal.aborted;
  for (const scenario of scenarios) {
    const result = await runScenarioInTurns(
      scenario,
      {
        seed: options.seed ?? scenario.defaultSeed,
        trace: options.verbose === true ? 'full' : 'off',
        freeze: options.verbose === true,
        stopAtViolation: options.stopAtViolation ?? false,
      },
      isWanted,
    );
    if (result === null) break;
    results.push(result);
    if (options.json !== true) printRun(result, options);
    if (options.files !== false) writeRunFolder(result, readText(scenario.file!));
  }
  const outcomes = results.map((result) => outcomeOf(result.properties));
  const interrupted = !isWanted();
  signals.release();
  if (options.json === true)
    print(JSON.stringify({ runs: results.map((result) => runJson(result)) }, null, 2));
  if (interrupted) tell(`Interrupted after ${results.length} of ${scenarios.length} runs.`);
  if (options.json !== true && (interrupted || options.quiet !== true))
    print(summaryLine(outcomes));
  return interrupted ? signals.exitCode() : exitFor(outcomes);
}

/** The text of one run, with its story when `verbose`. */
export function printRun(result: RunResult, options: RunCommandOptions, reproduce?: string): void {
  if (options.quiet === true && outcomeOf(result.properties) === 'passed') return;
  if (options.verbose === true) {
    const { scenario } = result;
    print(`${scenario.name}: ${scenario.title}`);
    if (scenario.claim !== '') print(`  ${scenario.claim.replaceAll('\n', '\n  ')}`);
    print('');
    for (const line of story(result)) print(line);
    print('');
    for (const line of lockPicture(result, stdoutStyle(options))) print(line);
  }
  const lines = runText(result, stdoutStyle(options), options.verbose ?? false, reproduce);
  for (const line of lines) print(line);
}

/** `3 passed, 1 failed, 0 inconclusive`. */
export function summaryLine(outcomes: readonly RunOutcome[]): string {
  const count = (outcome: RunOutcome): number => outcomes.filter((one) => one === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('inconclusive')} inconclusive`;
}
