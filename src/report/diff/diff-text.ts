import { describeRow } from '../describe-row.ts';
import { clip, counted, formatDuration, grouped, paint, visible, type Style } from '../format.ts';
import { rowContext } from '../show/row-context.ts';
import { spansOf } from '../trace/fault-spans.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import type { RowPair, RowStretch, RunDiff } from './run-diff.ts';

export interface DiffTextOptions {
  readonly style: Style;
  readonly width: number;
  /** Lines of rows side by side from the first difference on. */
  readonly lines: number;
}

const BEFORE = 3;
const MAX_OPERATIONS = 12;
/** Shorter equal stretches are chance. */
const MIN_STRETCH = 4;
const MAX_STRETCHES = 8;

/** What `splitbrain diff` says of two runs that differ. */
export function* diffText(
  a: RecordedRun,
  b: RecordedRun,
  diff: RunDiff,
  options: DiffTextOptions,
): Generator<string> {
  const { style } = options;
  yield `A  ${headline(a)}`;
  yield `B  ${headline(b)}`;
  yield '';
  yield* scheduleLines(diff, style);
  yield* verdictLines(diff, style);
  yield* operationLines(diff, style);
  yield* new SideBySide(a, b, options).lines(diff);
  yield* stretchLines(a, b, diff);
}

function headline({ result }: RecordedRun): string {
  const { scenario, seed, hash, events, virtualUs } = result;
  return `${scenario.name}   seed ${visible(seed)}   trace ${hash.slice(0, 8)}   ${counted(events, 'event')}   ${formatDuration(virtualUs)} virtual`;
}

function* scheduleLines(diff: RunDiff, style: Style): Generator<string> {
  if (diff.scheduleOnlyA.length + diff.scheduleOnlyB.length === 0) {
    yield 'The same faults.';
    return;
  }
  yield 'Faults:';
  for (const line of diff.scheduleOnlyA) yield paint(style, 'red', `  - only A  ${visible(line)}`);
  for (const line of diff.scheduleOnlyB)
    yield paint(style, 'green', `  + only B  ${visible(line)}`);
}

function* verdictLines({ verdicts }: RunDiff, style: Style): Generator<string> {
  if (verdicts.length === 0) {
    yield 'The same verdicts.';
    return;
  }
  yield 'Verdicts:';
  for (const { property, a, b } of verdicts)
    yield paint(style, 'bold', `  ${property}   A ${a}, B ${b}`);
}

function* operationLines(diff: RunDiff, style: Style): Generator<string> {
  const { operations, operationCounts } = diff;
  const [countA, countB] = operationCounts;
  if (operations.length === 0)
    yield countA === countB
      ? 'The same operations with the same answers.'
      : `The first ${counted(Math.min(countA, countB), 'operation')} are the same; A has ${grouped(countA)}, B ${grouped(countB)}.`;
  else
    yield `Operations (A has ${grouped(countA)}, B ${grouped(countB)}; ${counted(operations.length, 'of the same number differs', 'of the same number differ')}):`;
  for (const { operation, a, b } of operations.slice(0, MAX_OPERATIONS)) {
    yield paint(style, 'red', `  - #${operation}  ${visible(a)}`);
    yield paint(style, 'green', `  + #${operation}  ${visible(b)}`);
  }
  if (operations.length > MAX_OPERATIONS)
    yield `  (and ${grouped(operations.length - MAX_OPERATIONS)} more: --json has all)`;
}

/** Rows of both runs beside each other; what is equal but for its time is marked as such. */
class SideBySide {
  readonly #a: RecordedRun;
  readonly #b: RecordedRun;
  readonly #options: DiffTextOptions;
  readonly #column: number;

  constructor(a: RecordedRun, b: RecordedRun, options: DiffTextOptions) {
    this.#a = a;
    this.#b = b;
    this.#options = options;
    this.#column = Math.max(30, Math.floor((options.width - 3) / 2));
  }

  *lines({ first, firstActing, equalEvents, stretches }: RunDiff): Generator<string> {
    const start = Math.max(first.a, first.b);
    const from = Math.max(0, start - BEFORE);
    yield '';
    yield `Equal up to event ${grouped(equalEvents)}. First difference:`;
    for (let index = from; index < start; index += 1) yield this.#line({ a: index, b: index }, ' ');
    let left = this.#options.lines;
    for (const stretch of stretches) {
      for (const pair of pairsOf(stretch)) {
        if (left === 0) break;
        left -= 1;
        const sign = pair.a < 0 ? '>' : pair.b < 0 ? '<' : stretch.equal ? '=' : '|';
        yield this.#line(pair, sign);
      }
    }
    if (left === 0) yield `  (${counted(this.#options.lines, 'line')} shown: --lines shows more)`;
    if (firstActing === null || (firstActing.a === first.a && firstActing.b === first.b)) return;
    yield 'First thing that a node does otherwise:';
    yield this.#line(firstActing, '|');
  }

  #line({ a, b }: RowPair, sign: string): string {
    const [left, right] = [this.#cell(this.#a, a), this.#cell(this.#b, b)];
    const { style } = this.#options;
    const line = `${left.padEnd(this.#column)} ${sign} ${right}`.trimEnd();
    return sign === '|' || sign === '<' || sign === '>' ? paint(style, 'yellow', line) : line;
  }

  #cell(run: RecordedRun, index: number): string {
    if (index < 0) return '';
    const row = run.result.trace.row(index);
    const words = visible(describeRow(row, run.names, this.#contextOf(run)));
    const time = (row.timeUs / 1_000_000).toFixed(6);
    return clip(
      `${String(row.event).padStart(6)} ${time} ${words}`,
      this.#column,
      this.#options.style,
    );
  }

  readonly #contexts = new Map<RecordedRun, ReturnType<typeof rowContext>>();

  #contextOf(run: RecordedRun): ReturnType<typeof rowContext> {
    const known = this.#contexts.get(run) ?? rowContext(run, spansOf(run), false);
    this.#contexts.set(run, known);
    return known;
  }
}

/** Rows of a stretch beside each other; of one that differs, one side may be longer. */
function* pairsOf({ a, b }: RowStretch): Generator<RowPair> {
  const [lengthA, lengthB] = [a[1] - a[0], b[1] - b[0]];
  for (let index = 0; index < Math.max(lengthA, lengthB); index += 1)
    yield {
      a: index < lengthA ? a[0] + index : -1,
      b: index < lengthB ? b[0] + index : -1,
    };
}

/** Where the runs do the same again later. */
function* stretchLines(a: RecordedRun, b: RecordedRun, diff: RunDiff): Generator<string> {
  const again = diff.stretches.filter(
    (stretch) => stretch.equal && stretch.a[1] - stretch.a[0] >= MIN_STRETCH,
  );
  yield '';
  if (again.length === 0) {
    yield 'After that they never do the same again for long.';
    return;
  }
  const rows = again.reduce((sum, stretch) => sum + stretch.a[1] - stretch.a[0], 0);
  yield `Later the same again but for the times, ${counted(rows, 'row')} in ${counted(again.length, 'stretch', 'stretches')}:`;
  for (const stretch of again.slice(0, MAX_STRETCHES)) {
    const [eventA, eventB] = [
      a.result.trace.row(stretch.a[0]),
      b.result.trace.row(stretch.b[0]),
    ].map((row) => row.event);
    yield `  ${counted(stretch.a[1] - stretch.a[0], 'row')} from event ${grouped(eventA!)} of A, ${grouped(eventB!)} of B`;
  }
  if (again.length > MAX_STRETCHES)
    yield `  (and ${grouped(again.length - MAX_STRETCHES)} more: --json has all)`;
}
