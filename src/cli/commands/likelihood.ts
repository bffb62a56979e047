import { bugLikelihood } from '../../campaign/likelihood/likelihood.ts';
import { describeRow } from '../../report/describe-row.ts';
import { likelihoodText } from '../../report/likelihood-text.ts';
import { tellingProperty, violationRow } from '../../report/trace/violation-row.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { openRun } from '../open-run.ts';
import { print, stdoutStyle } from '../output.ts';
import { recordVerified } from '../verified-run.ts';

export interface LikelihoodCommandOptions {
  readonly seed?: string;
  readonly cuts: number;
  readonly runs: number;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

/** `splitbrain likelihood`: when was it decided that this run fails? */
export function likelihood(arg: string, options: LikelihoodCommandOptions): number {
  if (options.cuts < 1 || options.runs < 1)
    throw new CommandError('--cuts and --runs: expected 1 or more');
  const { run, verified } = recordVerified(openRun(arg, options.seed));
  if (!verified) return EXIT.nondeterministic;
  const row = violationRow(run);
  if (row < 0)
    throw new CommandError(
      'no property of this run is violated at a place in it: there is nothing to be likely',
      EXIT.nothingSelected,
    );
  const { trace, scenario, seed, schedule, properties, hash } = run.result;
  const property = tellingProperty(properties)!.name;
  const found = bugLikelihood(scenario, {
    seed,
    schedule,
    property,
    untilEvent: trace.row(row).event,
    cuts: options.cuts,
    runs: options.runs,
  });
  if (options.json === true) {
    const jumpRow = found.jump === null ? null : trace.firstRowOf(found.jump.after.event);
    const what = jumpRow === null ? null : describeRow(trace.row(jumpRow), run.names).trim();
    print(
      JSON.stringify({ scenario: scenario.name, seed, hash, property, ...found, what }, null, 2),
    );
  } else for (const line of likelihoodText(run, property, found, stdoutStyle(options))) print(line);
  return EXIT.ok;
}
