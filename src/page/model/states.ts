import { diffFields, type Fields, type FieldsDelta } from '../../report/html/state-delta.ts';
import type { Look } from '../../report/html/report-data.ts';
import { KeptFields } from './kept-fields.ts';
import type { RunModel } from './run-model.ts';

/** A stretch of one node's time in which it looked the same. */
export interface Segment {
  readonly fromRow: number;
  /** The row of the next change; the number of rows for the last segment. */
  readonly toRow: number;
  readonly look: Look;
}

export interface NodeState {
  readonly look: Look;
  readonly fields: Fields;
}

/** Every so many changes of a node a whole state is kept (RaftScope's checkpoints). */
const KEYFRAME_EVERY = 256;
const DOWN: Look = { tone: 'down', role: 'down', label: '' };

/** The states of all nodes at any row, from differences and whole states in between. */
export class StateHistory {
  readonly #model: RunModel;
  /** By node, the indices of its changes. */
  readonly #changes: number[][];
  readonly #keyframes: KeptFields[][];

  constructor(model: RunModel) {
    this.#model = model;
    this.#changes = model.names.map(() => []);
    this.#keyframes = model.names.map(() => []);
    const { node } = model.data.states;
    for (let index = 0; index < node.length; index += 1) this.#changes[node[index]!]?.push(index);
  }

  /** The state of a node after all of a row's event. */
  at(node: number, row: number): NodeState {
    const { states, head } = this.#model.data;
    const position = this.#lastChange(node, this.#model.lastRowOfEvent[row] ?? row);
    if (position < 0) return { look: DOWN, fields: {} };
    const change = this.#changes[node]![position]!;
    const look = head.looks[states.look[change]!]!;
    return { look, fields: look.tone === 'down' ? {} : this.#fields(node, position) };
  }

  /** The state of a node before a row's event. */
  before(node: number, row: number): NodeState {
    const first = this.#model.headOf(row);
    return first <= 0 ? { look: DOWN, fields: {} } : this.at(node, first - 1);
  }

  /** What an event changed of a node's state; null when nothing. */
  change(node: number, row: number): FieldsDelta | null {
    return diffFields(this.before(node, row).fields, this.at(node, row).fields);
  }

  segments(node: number): Segment[] {
    const { states, head } = this.#model.data;
    const segments: Segment[] = [];
    for (const change of this.#changes[node] ?? []) {
      const look = head.looks[states.look[change]!]!;
      const row = states.row[change]!;
      const last = segments.at(-1);
      if (last?.look === look) continue;
      if (last !== undefined) segments[segments.length - 1] = { ...last, toRow: row };
      segments.push({ fromRow: row, toRow: this.#model.count, look });
    }
    return segments;
  }

  /** The next (or last) row at which some state changed; -1 when there is none. */
  nextChange(row: number, direction: 1 | -1): number {
    const rows = this.#model.data.states.row;
    if (direction === 1)
      return rows.find((other) => other > (this.#model.lastRowOfEvent[row] ?? row)) ?? -1;
    const first = this.#model.headOf(row);
    return rows.findLast((other) => other < first) ?? -1;
  }

  #lastChange(node: number, row: number): number {
    const changes = this.#changes[node] ?? [];
    const rows = this.#model.data.states.row;
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[changes[middle]!]! <= row) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #fields(node: number, position: number): Fields {
    const keyframes = this.#keyframes[node]!;
    const { deltas } = this.#model.data.states;
    const changes = this.#changes[node]!;
    const wanted = Math.floor(position / KEYFRAME_EVERY);
    let frame = Math.min(wanted, keyframes.length - 1);
    let fields = frame < 0 ? KeptFields.NONE : keyframes[frame]!;
    for (let at = frame < 0 ? 0 : frame * KEYFRAME_EVERY + 1; at <= position; at += 1) {
      fields = fields.after(deltas.at(changes[at]!) as FieldsDelta);
      if (at % KEYFRAME_EVERY === 0) {
        frame = at / KEYFRAME_EVERY;
        keyframes[frame] = fields;
      }
    }
    return fields.fields();
  }
}
