import { readSubject } from '../../campaign/documents/document.ts';
import { HUNT_STRATEGIES, type HuntStrategy } from '../../campaign/zoo/hunt.ts';
import { runZoo } from '../../campaign/zoo/zoo.ts';
import { strategiesTable } from '../../report/strategies-table.ts';
import { isFound, killTable, zooJson } from '../../report/kill-table.ts';
import { PROTOCOLS } from '../../scenario/registry.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { allScenarios, readText } from '../find-scenarios.ts';
import { print, stdoutStyle, tell } from '../output.ts';
import { ProgressPrinter } from '../progress.ts';
import { writeBetweenMarks } from '../scenario-files.ts';
import { catchSignals } from '../signals.ts';

export interface ZooCommandOptions {
  readonly budget: number;
  readonly repeats: number;
  readonly bug?: readonly string[];
  readonly strategy: readonly string[];
  readonly compare?: boolean;
  readonly state?: string;
  readonly docs?: string;
  readonly blackBox: boolean;
  readonly swarm: boolean;
  readonly setups?: boolean;
  readonly workers?: number;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

const STRATEGIES: readonly string[] = HUNT_STRATEGIES;
/** Those that know no more than the scenario: `directed` is told what each bug asks for. */
const COMPARED: readonly string[] = ['random', 'pct', 'guided', 'exhaustive'];

/** `splitbrain zoo`. Exit 1 on a false alarm of correct code, 2 when a bug was not found within the budget. */
export async function zoo(names: readonly string[], options: ZooCommandOptions): Promise<number> {
  for (const strategy of options.strategy)
    if (!STRATEGIES.includes(strategy))
      throw new CommandError(`--strategy ${strategy}: expected ${STRATEGIES.join(', ')}`);
  if (options.budget === 0 || options.repeats === 0)
    throw new CommandError('--budget and --repeats: expected at least 1');
  const strategies = options.compare === true ? COMPARED : options.strategy;
  const signals = catchSignals();
  const progress = new ProgressPrinter('auto', options.json === true);
  const result = await runZoo({
    protocols: PROTOCOLS,
    names,
    bugs: options.bug ?? [],
    subjects: zooSubjects(),
    budget: options.budget,
    repeats: options.repeats,
    strategies: strategies as HuntStrategy[],
    stateFile: options.state ?? null,
    blackBox: options.blackBox,
    swarm: options.swarm,
    setups: options.setups ?? false,
    workers: options.workers ?? null,
    signal: signals.signal,
    onProgress: (done, total) => {
      progress.show(`zoo: ${done} of ${total} searches`);
    },
  });
  progress.clear();
  signals.release();
  if (options.docs !== undefined && !result.interrupted)
    writeBetweenMarks(options.docs, strategiesTable(result, options));
  if (options.json === true) print(JSON.stringify(zooJson(result), null, 2));
  else for (const line of killTable(result, stdoutStyle(options))) print(line);
  if (result.interrupted) {
    tell('interrupted: the table has what was searched by then');
    return signals.exitCode();
  }
  if (result.correct.falseAlarms > 0) return EXIT.violated;
  return result.bugs.every(isFound) ? EXIT.ok : EXIT.inconclusive;
}

/** All there are; the zoo chooses. A file that does not compile is told of elsewhere. */
function zooSubjects(): ReturnType<typeof readSubject>[] {
  return allScenarios().flatMap(({ file }) => {
    try {
      return [readSubject(readText(file), file)];
    } catch (error) {
      if ((error as Error).name !== 'ScenarioError') throw error;
      return [];
    }
  });
}
