import * as Kind from '../../sim/engine/event-kind.ts';
import { describeRow } from '../describe-row.ts';
import { counted, grouped, visible } from '../format.ts';
import { rowContext } from '../show/row-context.ts';
import { Causes } from '../trace/causes.ts';
import { spansOf } from '../trace/fault-spans.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import { windowAround } from './event-window.ts';
import type { ExportOptions } from './exporter.ts';

/** The largest example that ShiViz ships has 7,092 lines (its repository, `log` folder); its page gets slow from there. */
const MAX_EVENTS = 5_000;
/** Who acts when no node does: faults, steps of the script, the network's losses. */
const WORLD = 'world';

/** ShiViz' rule for a log that carries its own parser: line 1 is the expression for events, line 2 the one between runs. */
const PARSER = '(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})';
const DELIMITER = '^=== (?<trace>.*) ===$';

/**
 * A log for ShiViz: two lines an event, its text, then its host with a vector clock. Every event ticks its own host's clock
 * by one; a delivery knows what its send knew, a crash what its fault did. With `other`, a second run for ShiViz' comparison.
 */
export function* shiviz(run: RecordedRun, options: ExportOptions): Generator<string> {
  yield `${PARSER}\n${DELIMITER}\n`;
  yield* execution(run, options, options.row, 'run');
  if (options.other !== null) yield* execution(options.other, options, -1, 'compared with');
}

function* execution(
  run: RecordedRun,
  { max, note }: ExportOptions,
  row: number,
  word: string,
): Generator<string> {
  const { trace, scenario, seed, events } = run.result;
  const { from, to } = windowAround(trace, row, max ?? MAX_EVENTS);
  const rows = trace.keptRows();
  const some = to - from < rows;
  const part = some
    ? `, rows ${grouped(from + 1)} to ${grouped(to)} of ${grouped(rows)}`
    : `, ${counted(events, 'event')}`;
  if (some)
    note(
      `shiviz: rows ${grouped(from + 1)} to ${grouped(to)} of ${grouped(rows)}; --max takes more, and ShiViz gets slow beyond ${grouped(MAX_EVENTS)}`,
    );
  yield `=== ${word} ${visible(`${scenario.name} seed ${seed}`)}${part} ===\n`;
  const clocks = new Clocks([...run.names.map(hostName), WORLD]);
  const causes = new Causes(run);
  const context = rowContext(run, spansOf(run), false);
  for (let index = from; index < to; index += 1) {
    const current = trace.row(index);
    // What the network loses or copies, no node knows of.
    const isNetwork = current.kind === Kind.DROP || current.kind === Kind.DUPLICATE;
    const host = current.node < 0 || isNetwork ? run.names.length : current.node;
    const cause = causes.causeOf(index);
    const clock = clocks.tick(host, index, cause >= from ? cause : -1);
    const text = visible(describeRow(current, run.names, context).trim());
    const time = (current.timeUs / 1_000_000).toFixed(6);
    yield `${current.event} ${time} s ${text}\n${clocks.hosts[host]!} ${clock}\n`;
  }
}

/** ShiViz ends a host's name at the first space. */
function hostName(name: string): string {
  return name.replace(/\s/g, '_');
}

/** Vector clocks, kept for every row that a later row of another host may come from. */
class Clocks {
  readonly hosts: readonly string[];
  readonly #now: number[][];
  readonly #ofRow = new Map<number, readonly number[]>();

  constructor(hosts: readonly string[]) {
    this.hosts = hosts;
    this.#now = hosts.map(() => hosts.map(() => 0));
  }

  /** The clock of the next event of `host`, as JSON: only hosts that it knows something of. */
  tick(host: number, row: number, cause: number): string {
    const clock = this.#now[host]!;
    const known = this.#ofRow.get(cause);
    if (known !== undefined)
      for (let index = 0; index < clock.length; index += 1)
        clock[index] = Math.max(clock[index]!, known[index]!);
    clock[host]! += 1;
    this.#ofRow.set(row, [...clock]);
    const entries = clock.flatMap((time, index) =>
      time > 0 ? [`${JSON.stringify(this.hosts[index])}:${time}`] : [],
    );
    return `{${entries.join(',')}}`;
  }
}
