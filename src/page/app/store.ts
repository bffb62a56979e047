import type { RunData } from '../../report/html/report-data.ts';
import { Axis } from '../layout/axis.ts';
import { cone } from '../model/causality.ts';
import { RunModel } from '../model/run-model.ts';
import { StateHistory } from '../model/states.ts';
import { hashOf, parseHash, type ViewState } from './state.ts';

type Listener = (state: ViewState, before: ViewState) => void;

/** A run opened: what is worked out once and shared by all views. */
export class OpenRun {
  readonly model: RunModel;
  readonly states: StateHistory;
  #axis: Axis | null = null;
  #cone: { readonly row: number; readonly grades: Uint8Array } | null = null;

  constructor(data: RunData) {
    this.model = new RunModel(data);
    this.states = new StateHistory(this.model);
  }

  axis(mode: ViewState['axis']): Axis {
    const { model } = this;
    const { timeUs, event } = model.data.rows;
    if (this.#axis?.mode !== mode) this.#axis = new Axis(mode, timeUs, event, model.endUs);
    return this.#axis;
  }

  /** How every row stands to this one. */
  cone(row: number): Uint8Array {
    if (this.#cone?.row !== row) this.#cone = { row, grades: cone(this.model, row) };
    return this.#cone.grades;
  }
}

/** The one cursor and everything else that a link remembers; views listen and draw once a frame. */
export class Store {
  #state: ViewState;
  readonly #runs: (OpenRun | undefined)[] = [];
  #data: readonly RunData[];
  readonly #listeners: Listener[] = [];
  #drawn: ViewState;
  #scheduled = false;

  constructor(data: readonly RunData[], hash: string) {
    this.#data = data;
    this.#state = this.#fromHash(hash);
    this.#drawn = this.#state;
  }

  /** Shows what a link says. */
  follow(hash: string): void {
    this.#state = this.#fromHash(hash);
    this.#schedule();
  }

  #fromHash(hash: string): ViewState {
    const asked = Number(/(?:^|[#&])r=(\d+)/.exec(hash)?.[1] ?? 0);
    const run = Math.min(asked, this.#data.length - 1);
    const { model } = this.open(run);
    const found = parseHash(hash, (event, offset) => {
      const row = model.rowOfEvent(event);
      return row < 0 ? -1 : Math.min(row + offset, model.lastRowOfEvent[row]!);
    });
    return { ...this.#initial(run), ...found, run };
  }

  get state(): ViewState {
    return this.#state;
  }

  get current(): OpenRun {
    return this.open(this.#state.run);
  }

  get runCount(): number {
    return this.#data.length;
  }

  open(run: number): OpenRun {
    return (this.#runs[run] ??= new OpenRun(this.#data[run]!));
  }

  /** Puts another run in the place of one (a live report ran again). */
  replace(run: number, data: RunData): void {
    this.#data = this.#data.map((old, index) => (index === run ? data : old));
    this.#runs[run] = undefined;
    const { tab, axis } = this.#state;
    this.#state = { ...this.#initial(run), tab, axis: axis === 'rank' ? 'time' : axis };
    this.#schedule();
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  set(change: Partial<ViewState>): void {
    const run = change.run ?? this.#state.run;
    const base =
      run === this.#state.run ? this.#state : { ...this.#initial(run), tab: this.#state.tab };
    this.#state = { ...base, ...change };
    this.#schedule();
  }

  /** Moves the cursor to a row and the view so that it is seen. */
  moveTo(row: number, operation = -1): void {
    const { model } = this.current;
    if (row < 0 || row >= model.count) return;
    const { from, to, axis } = this.#state;
    const at = this.current.axis(axis).ofRow(row);
    const margin = (to - from) * 0.08;
    const shift =
      at < from + margin
        ? at - from - (to - from) * 0.3
        : at > to - margin
          ? at - to + (to - from) * 0.3
          : 0;
    const found = operation >= 0 ? operation : model.operationOfRow[row]!;
    this.set({ cursor: row, operation: found, from: from + shift, to: to + shift });
  }

  hash(): string {
    const { rows } = this.current.model.data;
    const { model } = this.current;
    return hashOf(this.#state, (row) => {
      const event = rows.event[row]!;
      const offset = row - model.rowOfEvent(event);
      return offset === 0 ? String(event) : `${event}.${offset}`;
    });
  }

  /** Tells the listeners now instead of with the next frame. */
  flush(): void {
    this.#scheduled = false;
    const before = this.#drawn;
    this.#drawn = this.#state;
    for (const listener of this.#listeners) listener(this.#state, before);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      if (this.#scheduled) this.flush();
    });
  }

  /** At the violation, with what led to it; the whole run when nothing is wrong. */
  #initial(run: number): ViewState {
    const { model } = this.open(run);
    const { head } = model.data;
    const axis = this.open(run).axis('time');
    const row = head.violationRow;
    const [from, to] = row < 0 ? [0, axis.end] : violationWindow(model, row, model.endUs);
    return {
      run,
      cursor: row >= 0 ? row : Math.min(0, model.count - 1),
      operation: head.culprit ?? -1,
      from,
      to,
      axis: 'time',
      tab: 'events',
      hidden: new Set(),
      filter: '',
    };
  }
}

/** Around the witness and the faults that were on, with a little room; never less than a fiftieth of the run. */
export function violationWindow(model: RunModel, row: number, endUs: number): [number, number] {
  const { head } = model.data;
  const told = head.properties[head.told];
  const witness = (told?.operations ?? []).flatMap((index) => {
    const { invokeUs, completeUs } = head.operations[index]!;
    return [invokeUs, completeUs].filter((us) => us !== null);
  });
  const at = model.timeUs(row);
  const first = Math.min(at, ...witness);
  const last = Math.max(at, ...witness);
  const faults = head.faults
    .filter(({ startUs, effect }) => startUs !== null && effect > 0 && startUs <= at)
    .map(({ startUs }) => startUs!);
  // A fault that began long before would make the picture too coarse to see the violation in.
  const start = Math.min(
    first,
    ...faults.filter((us) => first - us <= Math.max(last - first, 500_000) * 3),
  );
  const span = Math.max(last - start, endUs / 50, 1_000);
  return [Math.max(0, start - span * 0.15), Math.min(endUs, last + span * 0.25)];
}
