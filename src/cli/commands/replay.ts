import type { Strategy } from '../../campaign/run/strategy.ts';
import { reproduceCommand, reproduceFolderCommand } from '../../report/reproduce.ts';
import { runJson } from '../../report/run-json.ts';
import { runScenario } from '../../scenario/run.ts';
import { outcomeOf, type RunResult } from '../../scenario/run-result.ts';
import type { Fault } from '../../sim/faults/fault.ts';
import { CommandError, exitFor, EXIT } from '../exit-codes.ts';
import { openRun, type OpenedRun } from '../open-run.ts';
import { print, stdoutStyle, stdoutWidth, tell } from '../output.ts';
import { scheduleWithout } from '../schedule-without.ts';
import { runSession } from '../step/session.ts';
import { Stepper } from '../step/stepper.ts';
import { recordVerified } from '../verified-run.ts';
import { printRun, summaryLine, type RunCommandOptions } from './run.ts';

export interface ReplayOptions extends RunCommandOptions {
  /** Step through it instead of printing its verdict. */
  readonly step?: boolean;
  readonly until?: number;
  readonly without?: readonly string[];
  readonly swarm?: boolean;
  readonly strategy?: Strategy;
  /** The trace hash that the run must have, or its first digits. */
  readonly expect?: string;
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
  const expected = expectedHash(opened, options, () => once().hash);
  const without = options.without ?? [];
  const reproduce =
    opened.editedFolder === null
      ? reproduceCommand(result, without)
      : reproduceFolderCommand(opened.editedFolder);
  if (options.json === true)
    print(
      JSON.stringify(
        { runs: [{ ...runJson(result, reproduce), expectedHash: expected }] },
        null,
        2,
      ),
    );
  else printRun(result, options, reproduce);
  if (expected !== null && !result.hash.startsWith(expected)) {
    const run = `${opened.scenario.name} seed ${opened.seed}: expected trace ${expected}, got ${result.hash}`;
    tell(
      options.expect !== undefined && once().hash === result.hash
        ? `! ANOTHER RUN  ${run}, twice: this run repeats itself, and is not the expected one. Look for a slip in the hash, ` +
            'the seed or the file; if splitbrain or the scenario changed since, record the run again.'
        : `! NON-DETERMINISTIC  ${run}. ` +
            'If the code or the scenario changed since, record the run again; if nothing did, `splitbrain doctor` looks for the leak.',
    );
    return EXIT.nondeterministic;
  }
  const outcome = outcomeOf(result.properties);
  if (options.json !== true) {
    if (expected !== null) print(`  trace ${result.hash} verified: the runs are equal`);
    print(summaryLine([outcome]));
  }
  return exitFor([outcome]);
}

/** What the hash must begin with; null when this run is not meant to equal any other. */
function expectedHash(
  opened: OpenedRun,
  { expect, without, until }: ReplayOptions,
  runAgain: () => string,
): string | null {
  if (expect !== undefined) {
    if (!/^[0-9a-f]{4,16}$/.test(expect))
      throw new CommandError(`--expect ${expect}: expected 4 to 16 digits of a trace hash`);
    return expect;
  }
  if (without !== undefined || until !== undefined) return null;
  // A scenario has no recorded hash, nor has an edited schedule: the proof is a second run.
  return opened.hash ?? runAgain();
}

function scheduleOf(opened: OpenedRun, without: readonly string[]): readonly Fault[] | null {
  if (without.length === 0) return opened.schedule;
  // Only a world knows what its nemesis draws; no event of it is run.
  const schedule =
    opened.schedule ?? runScenario(opened.scenario, { seed: opened.seed, untilEvent: 1 }).schedule;
  return scheduleWithout(schedule, without, '--without');
}

/** `splitbrain replay --step`: the run as a debugger, its hash verified; see `cli/step`. */
export async function stepThrough(arg: string, options: ReplayOptions): Promise<number> {
  const opened = openRun(arg, options.seed, {
    swarm: options.swarm ?? false,
    strategy: options.strategy ?? 'random',
  });
  const schedule = scheduleOf(opened, options.without ?? []);
  const changed = options.without !== undefined;
  const { run, verified } = recordVerified({
    ...opened,
    schedule,
    hash: changed ? null : opened.hash,
  });
  const stepper = new Stepper(run, {
    style: stdoutStyle(options),
    width: stdoutWidth(undefined),
    whole: false,
  });
  if (options.until !== undefined)
    for (const line of stepper.goto(String(options.until))) print(line);
  const code = await runSession(stepper);
  return verified ? code : EXIT.nondeterministic;
}
