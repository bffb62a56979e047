import type { Style } from '../../report/format.ts';
import { lockPicture } from '../../report/lock-picture.ts';
import { showLines, STATE_KIND, type ShowFilter } from '../../report/show/show-lines.ts';
import { whyLines } from '../../report/show/why-lines.ts';
import { rowOfPlace } from '../../report/trace/place.ts';
import type { RecordedRun } from '../../report/trace/recorded-run.ts';
import { whyOf } from '../../report/trace/why.ts';
import { KIND_NAMES } from '../../sim/engine/event-kind.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { openRun } from '../open-run.ts';
import { BufferedOutput, stdoutStyle, stdoutWidth } from '../output.ts';
import { recordVerified } from '../verified-run.ts';

export interface ShowCommandOptions {
  readonly seed?: string;
  readonly from?: number;
  readonly to?: number;
  /** A place: an event, `violation`, `#3` or a fault's id. */
  readonly event?: string;
  /** How many events before and after it; default {@link AROUND}. */
  readonly around?: number;
  readonly why?: string;
  readonly op?: string;
  readonly node?: readonly string[];
  readonly kind?: readonly string[];
  readonly story?: boolean;
  readonly full?: boolean;
  readonly width?: number;
  readonly color?: boolean;
  readonly ascii?: boolean;
}

const AROUND = 10;

/** `splitbrain show`: runs again with everything kept, and prints the rows asked for. */
export function show(arg: string, options: ShowCommandOptions): number {
  const opened = openRun(arg, options.seed);
  const names = [...opened.scenario.servers, ...opened.scenario.clients];
  refuseUnknown('--node', options.node ?? [], names);
  refuseUnknown('--kind', options.kind ?? [], [...Object.values(KIND_NAMES), STATE_KIND]);
  if (options.around !== undefined && options.event === undefined)
    throw new CommandError('--around: around which event? Add --event');
  const { run, verified } = recordVerified(opened);
  const shown = {
    style: stdoutStyle(options),
    width: stdoutWidth(options.width),
    whole: options.full ?? false,
  };
  const output = new BufferedOutput();
  const lines =
    options.why === undefined
      ? showLines(run, filterOf(run, options), shown)
      : whyLines(run, whyOf(run, rowOfPlace(run, options.why)), shown);
  for (const line of lines) output.line(line);
  if (options.why === undefined) for (const line of pictureOf(run, shown.style)) output.line(line);
  output.flush();
  return verified ? EXIT.ok : EXIT.nondeterministic;
}

/** The timeline of a lock service, below its events. */
function pictureOf({ result }: RecordedRun, style: Style): readonly string[] {
  const picture = lockPicture(result, style);
  return picture.length === 0 ? [] : ['', ...picture];
}

function filterOf(run: RecordedRun, options: ShowCommandOptions): ShowFilter {
  const range = { from: options.from ?? 0, to: options.to ?? Infinity };
  if (options.event !== undefined) {
    const { event } = run.result.trace.row(rowOfPlace(run, options.event));
    const around = options.around ?? AROUND;
    range.from = Math.max(range.from, event - around);
    range.to = Math.min(range.to, event + around);
  }
  return {
    ...range,
    nodes: options.node === undefined ? null : new Set(options.node),
    kinds: options.kind === undefined ? null : new Set(options.kind),
    operation: options.op === undefined ? null : operationNumber(run, options.op),
    story: options.story ?? false,
  };
}

function operationNumber({ result: { history } }: RecordedRun, text: string): number {
  const number = /^#?(\d+)$/.exec(text)?.[1];
  if (number === undefined || Number(number) >= history.length)
    throw new CommandError(
      `--op ${text}: expected an operation of this run, ${history.length === 0 ? 'which has none' : `#0 to #${history.length - 1}`}`,
    );
  return Number(number);
}

function refuseUnknown(option: string, given: readonly string[], known: readonly string[]): void {
  for (const word of given)
    if (!known.includes(word))
      throw new CommandError(`${option} ${word}: expected one of ${known.join(', ')}`);
}
