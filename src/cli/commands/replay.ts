import type { Strategy } from '../../campaign/run/one-run.ts';
import { runJson } from '../../report/run-json.ts';
import { runScenario } from '../../scenario/run.ts';
import { outcomeOf, type RunResult } from '../../scenario/run-result.ts';
import type { Fault } from '../../sim/faults/fault.ts';
import { CommandError, exitFor, EXIT } from '../exit-codes.ts';
import { openRun, type OpenedRun } from '../open-run.ts';
import { print, tell } from '../output.ts';
import { printRun, summaryLine, type RunCommandOptions } from './run.ts';

export interface ReplayOptions extends RunCommandOptions {
  readonly until?: number;
  readonly without?: readonly string[];
  readonly swarm?: boolean;
  readonly strategy?: Strategy;
}

/** `splitbrain replay`: the same run again, its hash verified. Returns the exit code. */
export function replay(arg: string, options: ReplayOptions): number {
  const opened = openRun(arg, options.seed, {
    swarm: options.swarm ?? false,
    strategy: options.strategy ?? 'random',
  });
  const once = (): RunResult =>
    runScenario(opened.scenario, {
      seed: opened.seed,
      schedule: scheduleOf(opened, options.without ?? []),
      trace: options.verbose === true ? 'full' : 'off',
      ...(options.until === undefined ? {} : { untilEvent: options.until }),
    });
  const result = once();
  const changed = options.without !== undefined || options.until !== undefined;
  // A scenario has no recorded hash: the proof is a second run.
  const expected = changed ? null : (opened.hash ?? once().hash);
  if (options.json === true)
    print(JSON.stringify({ runs: [{ ...runJson(result), expectedHash: expected }] }, null, 2));
  else printRun(result, options);
  if (expected !== null && expected !== result.hash) {
    tell(
      `! NON-DETERMINISTIC  ${opened.scenario.name} seed ${opened.seed}: expected trace ${expected}, got ${result.hash}. ` +
        'If the code or the scenario changed since, record the run again; if nothing did, `splitbrain doctor` looks for the leak.',
    );
    return EXIT.nondeterministic;
  }
  const outcome = outcomeOf(result.properties);
  if (options.json !== true) {
    if (expected !== null) print(`  trace ${result.hash} verified: two runs are equal`);
    print(summaryLine([outcome]));
  }
  return exitFor([outcome]);
}

function scheduleOf(opened: OpenedRun, without: readonly string[]): readonly Fault[] | null {
  if (without.length === 0) return opened.schedule;
  // Only a world knows what its nemesis draws; no event of it is run.
  const schedule =
    opened.schedule ?? runScenario(opened.scenario, { seed: opened.seed, untilEvent: 1 }).schedule;
  const ids = schedule.map((fault) => fault.id);
  for (const id of without)
    if (!ids.includes(id))
      throw new CommandError(
        `--without ${id}: this run has no such fault; it has ${ids.join(', ') || 'none'}`,
      );
  return schedule.filter((fault) => !without.includes(fault.id));
}
