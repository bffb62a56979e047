import { diffText } from '../../report/diff/diff-text.ts';
import { diffRuns, type RowPair, type RunDiff } from '../../report/diff/run-diff.ts';
import { describeRow } from '../../report/describe-row.ts';
import { grouped } from '../../report/format.ts';
import { recordRun, type RecordedRun } from '../../report/trace/recorded-run.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { openRun } from '../open-run.ts';
import { print, stdoutStyle, stdoutWidth } from '../output.ts';
import { scheduleWithout } from '../schedule-without.ts';
import { recordVerified } from '../verified-run.ts';

export interface DiffCommandOptions {
  readonly seed?: string;
  readonly otherSeed?: string;
  readonly without?: readonly string[];
  readonly lines: number;
  readonly width?: number;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

/** Two columns need room; nobody says how much when they go into a pipe. */
const PIPED_WIDTH = 200;

/** `splitbrain diff`: 0 when the runs are identical, 3 when they differ (reference: ux.md b.1). */
export function diff(
  arg: string,
  otherArg: string | undefined,
  options: DiffCommandOptions,
): number {
  const opened = openRun(arg, options.seed);
  const { run: a, verified } = recordVerified(opened);
  const other = otherRun(a, otherArg, options);
  const differences = diffRuns(a, other.run);
  if (options.json === true) print(JSON.stringify(diffJson(a, other.run, differences), null, 2));
  else if (differences === null)
    print(`identical: both have trace ${a.result.hash}, ${grouped(a.result.events)} events`);
  else {
    const width = stdoutWidth(options.width);
    const shown = {
      style: stdoutStyle(options),
      width: width === Infinity ? PIPED_WIDTH : width,
      lines: options.lines,
    };
    for (const line of diffText(a, other.run, differences, shown)) print(line);
  }
  const same = differences === null && verified && other.verified;
  return same ? EXIT.ok : EXIT.nondeterministic;
}

function otherRun(
  a: RecordedRun,
  otherArg: string | undefined,
  options: DiffCommandOptions,
): { readonly run: RecordedRun; readonly verified: boolean } {
  const { without, otherSeed } = options;
  if (otherArg !== undefined) {
    if (without !== undefined)
      throw new CommandError('--without is for one run: without which faults should the other be?');
    return recordVerified(openRun(otherArg, otherSeed));
  }
  if (without === undefined && otherSeed === undefined)
    throw new CommandError('with what? Name another run, or give --without or --other-seed');
  const { scenario, seed, schedule } = a.result;
  // Another seed draws other faults; without it the faults stay what they were.
  const kept = without === undefined ? null : scheduleWithout(schedule, without, '--without');
  const run = recordRun(scenario, {
    seed: otherSeed ?? seed,
    schedule: otherSeed === undefined ? kept : (kept ?? null),
  });
  return { run, verified: true };
}

function diffJson(a: RecordedRun, b: RecordedRun, diff: RunDiff | null): unknown {
  const run = ({ result }: RecordedRun): unknown => ({
    scenario: result.scenario.name,
    seed: result.seed,
    hash: result.hash,
    events: result.events,
  });
  if (diff === null) return { identical: true, a: run(a), b: run(b) };
  const place = ({ a: rowA, b: rowB }: RowPair): unknown => ({
    a: rowJson(a, rowA),
    b: rowJson(b, rowB),
  });
  return {
    identical: false,
    a: run(a),
    b: run(b),
    equalEvents: diff.equalEvents,
    first: place(diff.first),
    firstActing: diff.firstActing === null ? null : place(diff.firstActing),
    schedule: { onlyA: diff.scheduleOnlyA, onlyB: diff.scheduleOnlyB },
    verdicts: diff.verdicts,
    operations: diff.operations,
    stretches: diff.stretches,
  };
}

function rowJson({ result, names }: RecordedRun, index: number): unknown {
  if (index < 0) return null;
  const row = result.trace.row(index);
  return { row: index, event: row.event, timeUs: row.timeUs, what: describeRow(row, names).trim() };
}
