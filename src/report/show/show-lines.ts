import * as Kind from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import { describeRow, type RowContext } from '../describe-row.ts';
import { clip, counted, formatDuration, grouped, paint, visible, type Style } from '../format.ts';
import { belongsToStory } from '../story.ts';
import { Causes } from '../trace/causes.ts';
import { spansOf } from '../trace/fault-spans.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import { LaneBoard, legend } from './lane-board.ts';
import { clockText, rowContext } from './row-context.ts';

/** The kind of the lines that tell a server's new state; they are no rows of the trace. */
export const STATE_KIND = 'state';

/** Which rows to show. */
export interface ShowFilter {
  readonly from: number;
  readonly to: number;
  /** Node names; null for all. */
  readonly nodes: ReadonlySet<string> | null;
  /** Kinds by name (`deliver`, `mark`, ..., {@link STATE_KIND}); null for all. */
  readonly kinds: ReadonlySet<string> | null;
  /** Only what works for this operation of the history; null: whatever. */
  readonly operation: number | null;
  /** Leave out what a healthy run does all the time, but count it. */
  readonly story: boolean;
}

export interface ShowOptions {
  readonly style: Style;
  /** Of a line; Infinity: nothing is cut. */
  readonly width: number;
  /** Every field of a payload in full. */
  readonly whole: boolean;
}

/**
 * A run in lines: what it is, the heads, one line a row with the nodes' lanes and the faults' bands, the servers' states
 * where they change, and what was shown of what. Nothing is left out without being counted.
 */
export function* showLines(
  run: RecordedRun,
  filter: ShowFilter,
  options: ShowOptions,
): Generator<string> {
  yield* new Listing(run, filter, options).lines();
}

/** The rows of one event and the states that it changed, without head and foot. */
export function* eventLines(
  run: RecordedRun,
  event: number,
  options: ShowOptions,
): Generator<string> {
  const filter = {
    from: event,
    to: event,
    nodes: null,
    kinds: null,
    operation: null,
    story: false,
  };
  yield* new Listing(run, filter, options).rows();
}

class Listing {
  readonly #run: RecordedRun;
  readonly #filter: ShowFilter;
  readonly #options: ShowOptions;
  readonly #board: LaneBoard;
  readonly #context: RowContext;
  readonly #causes: Causes;
  readonly #nextChange: number[];
  #shown = 0;
  #shownStates = 0;
  #cut = 0;
  #hidden = new Map<string, number>();

  constructor(run: RecordedRun, filter: ShowFilter, options: ShowOptions) {
    this.#run = run;
    this.#filter = filter;
    this.#options = options;
    const spans = spansOf(run);
    this.#board = new LaneBoard(run, spans, options.style);
    this.#context = rowContext(run, spans, options.whole);
    this.#causes = new Causes(run);
    this.#nextChange = run.result.scenario.servers.map(() => 0);
  }

  *lines(): Generator<string> {
    yield* this.#head();
    yield* this.rows();
    yield* this.#foot();
  }

  *rows(): Generator<string> {
    const { trace } = this.#run.result;
    const rows = trace.keptRows();
    const last = Math.min(
      rows,
      this.#filter.to === Infinity ? rows : trace.firstRowOf(this.#filter.to + 1),
    );
    for (let index = 0; index < last; index += 1) {
      const row = trace.row(index);
      this.#board.advance(row);
      if (row.event >= this.#filter.from) yield* this.#row(index, row);
      if (index + 1 === rows || trace.row(index + 1).event !== row.event)
        yield* this.#stateChanges(index, row);
    }
    if (this.#filter.story) yield* this.#gap();
  }

  *#head(): Generator<string> {
    const { result, names, clocks } = this.#run;
    const { style } = this.#options;
    const facts = [
      `seed ${visible(result.seed)}`,
      `trace ${result.hash}`,
      counted(result.events, 'event'),
      `${formatDuration(result.virtualUs)} virtual`,
    ];
    yield `${paint(style, 'bold', result.scenario.name)}   ${facts.join('   ')}`;
    yield legend(style);
    for (const change of clocks.filter(({ event }) => event === 0))
      yield `clock of ${names[change.node] ?? ''}: ${clockText(change)}`;
    yield `${'event'.padStart(7)}  ${'time'.padStart(11)}  ${this.#board.heads()}  what`;
  }

  *#row(index: number, row: TraceRow): Generator<string> {
    if (!this.#isWanted(index, row)) {
      const word = Kind.KIND_NAMES[row.kind] ?? '?';
      this.#hidden.set(word, (this.#hidden.get(word) ?? 0) + 1);
      return;
    }
    if (this.#filter.story) yield* this.#gap();
    this.#shown += 1;
    const words = describeRow(row, this.#run.names, this.#context);
    yield this.#line(row, this.#board.columns(index, row), words, colorOf(row.kind));
  }

  #isWanted(index: number, row: TraceRow): boolean {
    const { nodes, kinds, operation, story } = this.#filter;
    const { names } = this.#run;
    const involved = [names[row.node], names[row.peer]];
    if (nodes !== null && !involved.some((name) => nodes.has(name ?? ''))) return false;
    if (kinds !== null && !kinds.has(Kind.KIND_NAMES[row.kind] ?? '')) return false;
    if (operation !== null && this.#causes.operationOf(index) !== operation) return false;
    return !story || belongsToStory(row) || row.kind === Kind.CLOCK;
  }

  *#stateChanges(index: number, row: TraceRow): Generator<string> {
    const { nodes, kinds, operation, story, from } = this.#filter;
    const { states, names } = this.#run;
    const style = this.#options.style;
    for (let node = 0; node < this.#nextChange.length; node += 1) {
      const changes = states.changesOf(node);
      const at = this.#nextChange[node]!;
      const change = changes[at];
      if (change?.event !== row.event) continue;
      this.#nextChange[node] = at + 1;
      const name = names[node]!;
      const { role, text } = change.state;
      if (row.event < from || (nodes !== null && !nodes.has(name))) continue;
      if (kinds === null ? operation !== null : !kinds.has(STATE_KIND)) continue;
      // The first state is that of any server at its first boot: no story.
      if (story && (changes[at - 1]?.state.role ?? role) === role) continue;
      if (story) yield* this.#gap();
      this.#shownStates += 1;
      const words = `  ${style.ascii ? '=>' : '⇒'} ${name}: ${text}`;
      yield this.#line(row, this.#board.stateColumns(index, row.event, node), words, 'cyan');
    }
  }

  #line(
    { event, timeUs }: TraceRow,
    columns: string,
    words: string,
    color: Parameters<typeof paint>[1] | null,
  ): string {
    const { style, width } = this.#options;
    const time = (timeUs / 1_000_000).toFixed(6);
    const before = `${String(event).padStart(7)}  ${time.padStart(9)} s  `;
    const room = width - before.length - this.#board.heads().length - 2;
    const text = visible(words);
    const shown = clip(text, Math.max(room, MIN_WORDS), style);
    if (shown !== text) this.#cut += 1;
    return `${before}${columns}  ${color === null ? shown : paint(style, color, shown)}`;
  }

  /** What a story left out between two of its lines. */
  *#gap(): Generator<string> {
    if (this.#hidden.size === 0) return;
    const parts = [...this.#hidden]
      .sort(([, a], [, b]) => b - a)
      .map(([word, count]) => `${grouped(count)} ${word}`);
    this.#hidden = new Map();
    const { style } = this.#options;
    yield paint(style, 'dim', `${' '.repeat(22)}${style.ascii ? ':' : '⋮'} ${parts.join(', ')}`);
  }

  *#foot(): Generator<string> {
    const rows = this.#run.result.trace.keptRows();
    const { from, to, nodes, kinds, operation, story } = this.#filter;
    const filters = [
      from > 0 || to !== Infinity ? `events ${from} to ${to === Infinity ? 'the end' : to}` : '',
      nodes === null ? '' : `node ${[...nodes].join(' ')}`,
      kinds === null ? '' : `kind ${[...kinds].join(' ')}`,
      operation === null ? '' : `operation #${operation}`,
      story ? 'the story, the rest counted' : '',
    ].filter((text) => text !== '');
    const chosen = filters.length === 0 ? '' : ` (${filters.join('; ')})`;
    const states = this.#nextChange
      .map((_, node) => this.#run.states.changesOf(node).length)
      .reduce((sum, changes) => sum + changes, 0);
    const parts = [
      `${grouped(this.#shown)} of ${counted(rows, 'row')}`,
      ...(states === 0 ? [] : [`${grouped(this.#shownStates)} of ${counted(states, 'state')}`]),
    ];
    yield `shown: ${parts.join(', ')}${chosen}`;
    if (this.#cut > 0)
      yield `${counted(this.#cut, 'line')} cut at ${this.#options.width} columns: --width 0 prints them whole`;
  }
}

const MIN_WORDS = 24;

function colorOf(kind: number): Parameters<typeof paint>[1] | null {
  switch (kind) {
    case Kind.DROP:
    case Kind.CRASH:
    case Kind.POWER_LOSS:
      return 'red';
    case Kind.FAULT_START:
    case Kind.FAULT_END:
    case Kind.PAUSE:
    case Kind.RESUME:
    case Kind.CLOCK:
      return 'yellow';
    case Kind.MARK:
      return 'green';
    case Kind.INVOKE:
    case Kind.COMPLETE:
      return 'bold';
    case Kind.SEND:
      return 'dim';
    default:
      return null;
  }
}
