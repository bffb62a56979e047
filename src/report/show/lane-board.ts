import * as Kind from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import { paint, type Style } from '../format.ts';
import type { FaultSpan, RunSpans } from '../trace/fault-spans.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';

type Sign = readonly [sign: string, ascii: string];

/** What a row is in the column of the node that acts. */
const SIGNS: Readonly<Record<number, Sign>> = {
  [Kind.START]: ['◆', '^'],
  [Kind.DELIVER]: ['●', 'o'],
  [Kind.TIMER]: ['◷', 't'],
  [Kind.WAKE]: ['◷', 't'],
  [Kind.SYNCED]: ['■', 's'],
  [Kind.SEND]: ['○', '.'],
  [Kind.DROP]: ['×', 'x'],
  [Kind.DUPLICATE]: ['◎', 'd'],
  [Kind.MARK]: ['★', '*'],
  [Kind.CRASH]: ['✗', 'X'],
  [Kind.POWER_LOSS]: ['✗', 'X'],
  [Kind.PAUSE]: ['‖', 'p'],
  [Kind.RESUME]: ['▷', 'r'],
  [Kind.CLOCK]: ['◔', 'c'],
  [Kind.INVOKE]: ['→', '>'],
  [Kind.COMPLETE]: ['←', '<'],
};
const STATE_SIGN: Sign = ['=', '='];

/** What a node is while others act. */
const LANES = {
  up: ['│', '|'],
  leader: ['┃', '#'],
  paused: ['┆', ':'],
  down: [' ', ' '],
} as const satisfies Record<string, Sign>;

/** A fault's band: before, first row, while it lasts, last row. */
const BANDS = { off: [' ', ' '], start: ['╥', 'v'], on: ['║', '!'], end: ['╨', '^'] } as const;

/** What the signs mean, for the head of a listing. */
export function legend({ ascii }: Style): string {
  const pick = (sign: Sign): string => sign[ascii ? 1 : 0];
  const one = (kind: number, words: string): string => `${pick(SIGNS[kind]!)} ${words}`;
  return [
    `lanes ${pick(LANES.leader)} leader  ${pick(LANES.up)} up  ${pick(LANES.paused)} paused  blank down`,
    `${pick(BANDS.on)} fault`,
    one(Kind.DELIVER, 'gets'),
    one(Kind.SEND, 'sends'),
    one(Kind.DROP, 'lost'),
    one(Kind.TIMER, 'timer'),
    one(Kind.MARK, 'mark'),
    one(Kind.INVOKE, 'asks'),
    one(Kind.COMPLETE, 'learns'),
    `${pick(STATE_SIGN)} state`,
  ].join('   ');
}

/** The columns left of the words: a band for every fault, and a lane for every node. Rows must come in order. */
export class LaneBoard {
  readonly names: readonly string[];
  readonly #style: Style;
  readonly #states: RecordedRun['states'];
  readonly #spans: RunSpans;
  readonly #width: number;
  readonly #slotOf = new Map<FaultSpan, number>();
  readonly #slots: number;
  readonly #status: ('up' | 'paused' | 'down')[];
  readonly #next: number[];
  #active: FaultSpan[] = [];
  /** How many faults have begun by the last row. */
  #begun = 0;

  constructor({ names, states }: RecordedRun, spans: RunSpans, style: Style) {
    this.names = names;
    this.#style = style;
    this.#states = states;
    this.#spans = spans;
    this.#width = Math.max(2, ...names.map((name) => name.length));
    this.#slots = this.#assignSlots();
    this.#status = names.map(() => 'down');
    this.#next = names.map(() => 0);
  }

  /** The heads of the columns. */
  heads(): string {
    const bands = this.#slots === 0 ? '' : `${' '.repeat(this.#slots)} `;
    return bands + this.names.map((name) => name.padEnd(this.#width)).join(' ');
  }

  /** Takes the next row, shown or not. */
  advance({ kind, node }: TraceRow): void {
    if (kind === Kind.START || kind === Kind.RESUME) this.#status[node] = 'up';
    else if (kind === Kind.CRASH) this.#status[node] = 'down';
    else if (kind === Kind.PAUSE) this.#status[node] = 'paused';
  }

  /** The columns of a row that was taken. */
  columns(index: number, row: TraceRow): string {
    const lost = row.kind === Kind.DROP || row.kind === Kind.DUPLICATE;
    return this.#line(index, row.event, lost ? row.peer : row.node, SIGNS[row.kind]);
  }

  /** The columns of a line about a node's state after `event`. */
  stateColumns(index: number, event: number, node: number): string {
    return this.#line(index, event, node, STATE_SIGN);
  }

  #line(index: number, event: number, actor: number, sign: Sign | undefined): string {
    const lanes = this.names.map((_, node) => {
      if (node !== actor || sign === undefined) return this.#lane(node, event);
      return paint(this.#style, 'bold', this.#pick(sign)) + ' '.repeat(this.#width - 1);
    });
    return this.#bands(index, event) + lanes.join(' ');
  }

  #lane(node: number, event: number): string {
    const status = this.#status[node]!;
    const leads = status === 'up' && this.#roleBefore(node, event) === 'leader';
    const text = this.#pick(LANES[leads ? 'leader' : status]).padEnd(this.#width);
    return leads ? paint(this.#style, 'green', text) : paint(this.#style, 'dim', text);
  }

  /** Events come in order, so the place among the changes only moves on. */
  #roleBefore(node: number, event: number): string {
    const changes = this.#states.changesOf(node);
    let next = this.#next[node]!;
    while (next < changes.length && changes[next]!.event < event) next += 1;
    this.#next[node] = next;
    return next === 0 ? 'down' : changes[next - 1]!.state.role;
  }

  /** Rows come in order: spans that are over are forgotten, those that began are taken in. */
  #bands(index: number, event: number): string {
    if (this.#slots === 0) return '';
    const { faults } = this.#spans;
    for (; (faults[this.#begun]?.startRow ?? Infinity) <= index; this.#begun += 1)
      this.#active.push(faults[this.#begun]!);
    this.#active = this.#active.filter((span) => (span.endEvent ?? Infinity) >= event);
    const cells = Array.from({ length: this.#slots }, (): Sign => BANDS.off);
    for (const span of this.#active)
      cells[this.#slotOf.get(span)!] =
        span.startRow === index ? BANDS.start : span.endEvent === event ? BANDS.end : BANDS.on;
    return `${paint(this.#style, 'yellow', cells.map((cell) => this.#pick(cell)).join(''))} `;
  }

  #pick(sign: Sign): string {
    return sign[this.#style.ascii ? 1 : 0];
  }

  /** Faults that overlap get columns side by side; a column is used again when its fault is over. */
  #assignSlots(): number {
    const freeAfter: number[] = [];
    for (const span of this.#spans.faults) {
      const free = freeAfter.findIndex((endEvent) => endEvent < span.startEvent);
      const slot = free >= 0 ? free : freeAfter.length;
      freeAfter[slot] = span.endEvent ?? Infinity;
      this.#slotOf.set(span, slot);
    }
    return freeAfter.length;
  }
}
