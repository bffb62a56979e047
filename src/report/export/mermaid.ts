import * as Kind from '../../sim/engine/event-kind.ts';
import type { TraceRow } from '../../sim/engine/trace.ts';
import { CUT_KINDS } from '../../sim/faults/fault.ts';
import { describeFaultBegun } from '../describe-fault.ts';
import { describeRow } from '../describe-row.ts';
import { clip, counted } from '../format.ts';
import { rowContext } from '../show/row-context.ts';
import { belongsToStory } from '../story.ts';
import { Causes } from '../trace/causes.ts';
import { spansOf, type FaultSpan } from '../trace/fault-spans.ts';
import type { RecordedRun } from '../trace/recorded-run.ts';
import { tellingProperty } from '../trace/violation-row.ts';
import { whyOf } from '../trace/why.ts';
import type { ExportOptions } from './exporter.ts';

/** Mermaid takes about 50,000 characters (reference: ux.md d); this many messages stay far below and can still be read. */
const MAX_MESSAGES = 60;
const MAX_NOTES = 60;
const MAX_TEXT = 80;

/**
 * A Mermaid sequence diagram of what matters: the messages of the operations that the violated property names and the
 * causes of the violation; without one, the first messages. Partitions are shaded, lost messages end in a cross; the last
 * note says what was left out.
 */
export function* mermaid(run: RecordedRun, { max, row, note }: ExportOptions): Generator<string> {
  const chosen = chosenRows(run, row, max ?? MAX_MESSAGES);
  const { scenario, seed, hash } = run.result;
  yield 'sequenceDiagram\n';
  yield `  %% ${escapeText(`${scenario.name}, seed ${seed}, trace ${hash}`)}\n`;
  for (const [node, name] of run.names.entries())
    yield `  participant p${node} as ${escapeText(name)}\n`;
  yield* new Sequence(run, chosen).lines();
  const left = chosen.allMessages - chosen.messages;
  const leftNotes = chosen.allNotes - chosen.notes;
  if (left === 0 && leftNotes === 0) return;
  const text = `shown: ${chosen.messages} of ${counted(chosen.allMessages, 'message')}, ${chosen.notes} of ${counted(chosen.allNotes, 'other step')}`;
  note(`mermaid: ${text}`);
  yield `  Note over ${everybody(run)}: ${escapeText(text)}\n`;
}

interface Chosen {
  readonly rows: readonly number[];
  readonly messages: number;
  readonly allMessages: number;
  readonly notes: number;
  readonly allNotes: number;
}

/** A message is shown where it arrived or was lost. */
function isMessage({ kind }: TraceRow): boolean {
  return kind === Kind.DELIVER || kind === Kind.DROP;
}

function isNote(row: TraceRow): boolean {
  return belongsToStory(row) || row.kind === Kind.CLOCK;
}

function chosenRows(run: RecordedRun, row: number, max: number): Chosen {
  const { trace } = run.result;
  const causes = new Causes(run);
  const wanted = new Set(tellingProperty(run.result.properties)?.operations ?? []);
  const chain = new Set(row < 0 ? [] : whyOf(run, row).steps.map((step) => step.row));
  const told: number[] = [];
  const others: number[] = [];
  const notes: number[] = [];
  for (let index = 0; index < trace.keptRows(); index += 1) {
    const current = trace.row(index);
    if (isNote(current)) notes.push(index);
    if (!isMessage(current)) continue;
    const matters = chain.has(index) || wanted.has(causes.operationOf(index));
    (matters ? told : others).push(index);
  }
  const all = [...told, ...others];
  // All, when there is room; else those that matter, the last of them; without anything to tell of the first ones.
  const shown = all.length <= max ? all : told.length > 0 ? told.slice(-max) : others.slice(0, max);
  const nearest = notes.length <= MAX_NOTES ? notes : nearestTo(notes, shown);
  return {
    rows: [...shown, ...nearest].sort((a, b) => a - b),
    messages: shown.length,
    allMessages: told.length + others.length,
    notes: nearest.length,
    allNotes: notes.length,
  };
}

/** The notes from the last ones before the messages begin. */
function nearestTo(notes: readonly number[], shown: readonly number[]): readonly number[] {
  const first = shown[0] ?? 0;
  const from = Math.max(0, notes.findIndex((index) => index >= first) - MAX_NOTES / 2);
  return notes.slice(from, from + MAX_NOTES);
}

class Sequence {
  readonly #run: RecordedRun;
  readonly #chosen: Chosen;
  readonly #cuts: readonly FaultSpan[];

  constructor(run: RecordedRun, chosen: Chosen) {
    this.#run = run;
    this.#chosen = chosen;
    this.#cuts = spansOf(run).faults.filter(({ fault }) => CUTS.has(fault.action.kind));
  }

  /** Shaded while any partition lasts: overlapping ones could not be nested. */
  *lines(): Generator<string> {
    const { trace } = this.#run.result;
    const context = rowContext(this.#run, spansOf(this.#run), false);
    let shaded = false;
    for (const index of this.#chosen.rows) {
      const row = trace.row(index);
      const cut = this.#isCut(index, row);
      if (cut !== shaded) yield cut ? '  rect rgb(255, 236, 217)\n' : '  end\n';
      shaded = cut;
      const text = describeRow(row, this.#run.names, context).trim();
      yield isMessage(row) ? this.#arrow(row) : this.#note(row, text);
    }
    if (shaded) yield '  end\n';
  }

  #isCut(index: number, { event }: TraceRow): boolean {
    return this.#cuts.some(
      ({ startRow, endEvent }) => startRow <= index && (endEvent ?? Infinity) > event,
    );
  }

  #arrow({ kind, node, peer, payload, a }: TraceRow): string {
    const lost = kind === Kind.DROP;
    const [from, to] = lost ? [node, peer] : [peer, node];
    const { type, ...fields } = payload as { readonly type: string };
    const told = Object.entries(fields)
      .filter(([, value]) => value === null || typeof value !== 'object')
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const text = clip([type, ...told].join(' '), MAX_TEXT, { ascii: false });
    const why = lost ? ` (lost: ${Kind.DROP_REASONS[a] ?? '?'})` : '';
    return `  p${from}${lost ? '--x' : '->>'}p${to}: ${escapeText(text + why)}\n`;
  }

  #note(row: TraceRow, text: string): string {
    const { names } = this.#run;
    if (row.node >= 0)
      return `  Note over p${row.node}: ${escapeText(clip(text, MAX_TEXT * 2, { ascii: false }))}\n`;
    const begun =
      row.kind === Kind.FAULT_START
        ? (row.payload as Parameters<typeof describeFaultBegun>[0])
        : null;
    const targets = begun?.targets.map((name) => names.indexOf(name)) ?? [];
    const over = targets.length === 1 ? `p${targets[0]!}` : everybody(this.#run);
    return `  Note over ${over}: ${escapeText(clip(text, MAX_TEXT * 2, { ascii: false }))}\n`;
  }
}

const CUTS: ReadonlySet<string> = new Set(CUT_KINDS);

function everybody({ names }: RecordedRun): string {
  return names.length === 1 ? 'p0' : `p0,p${names.length - 1}`;
}

/**
 * Text of anybody as one line of a diagram: Mermaid ends a statement at `;` and at a line's end, takes `#` for an entity,
 * `%%` for a comment, and stumbles over the word `end`; HTML is never wanted.
 */
export function escapeText(text: string): string {
  return text
    .replace(/[#;<>&"%]/g, (character) => `#${character.charCodeAt(0)};`)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/\bend\b/gi, (word) => `${word.slice(0, 2)}#${word.charCodeAt(2)};`);
}
