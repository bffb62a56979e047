import { EXPORT_FORMATS } from '../../report/export/formats.ts';
import type { ExportOptions } from '../../report/export/exporter.ts';
import { rowOfPlace } from '../../report/trace/place.ts';
import { recordRun, type RecordedRun } from '../../report/trace/recorded-run.ts';
import { violationRow } from '../../report/trace/violation-row.ts';
import { EXIT } from '../exit-codes.ts';
import { writePieces } from '../file-output.ts';
import { openRun } from '../open-run.ts';
import { BufferedOutput, tell } from '../output.ts';
import { scheduleWithout } from '../schedule-without.ts';
import { recordVerified } from '../verified-run.ts';

export interface ExportCommandOptions {
  readonly format: string;
  readonly out?: string;
  readonly seed?: string;
  readonly event?: string;
  readonly max?: number;
  readonly graph: ExportOptions['graph'];
  readonly table: ExportOptions['table'];
  /** Faults to leave out of a second run, for formats that compare. */
  readonly twinWithout?: readonly string[];
}

/** `splitbrain export`: runs again, verifies the hash, and writes the run in a format of somebody else's tool. */
export function exportRun(arg: string, options: ExportCommandOptions): number {
  const opened = openRun(arg, options.seed);
  const { run, verified } = recordVerified(opened);
  if (!verified) {
    tell('nothing was written: a file must not claim to be the recorded run when it is another');
    return EXIT.nondeterministic;
  }
  const { write } = EXPORT_FORMATS[options.format]!;
  const pieces = write(run, {
    max: options.max ?? null,
    graph: options.graph,
    table: options.table,
    row: options.event === undefined ? violationRow(run) : rowOfPlace(run, options.event),
    other: options.twinWithout === undefined ? null : twinOf(run, options.twinWithout),
    note: (text) => {
      tell(`note: ${text}`);
    },
  });
  if (options.out === undefined || options.out === '-') {
    const output = new BufferedOutput();
    for (const piece of pieces) output.text(piece);
    output.flush();
  } else {
    const sizeBytes = writePieces(options.out, pieces);
    tell(`${options.out}: ${options.format}, ${sizeBytes} bytes`);
  }
  return EXIT.ok;
}

function twinOf({ result }: RecordedRun, without: readonly string[]): RecordedRun {
  const { scenario, seed, schedule } = result;
  return recordRun(scenario, {
    seed,
    schedule: scheduleWithout(schedule, without, '--twin-without'),
  });
}
