import type { RunData } from '../../report/html/report-data.ts';
import { OpenRun } from './open-run.ts';
import { violationWindow } from './violation-window.ts';
import { hashOf, parseHash, type ViewState } from './state.ts';

type Listener = (state: ViewState, before: ViewState) => void;

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
      cursor: row,
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
