import * as Kind from '../../sim/engine/event-kind.ts';
import type { Store } from '../app/store.ts';
import { filterRows } from '../model/filter-rows.ts';
import { byId, foreign, h, replace } from './dom.ts';

const ROW_HEIGHT = 22;
/** Elements of the taller kind are cut by browsers; beyond it the list scrolls in proportion. */
const MOST_PIXELS = 8_000_000;
const OVERSCAN = 10;
const HEADS = ['event', 'time', 'node', 'kind', 'what'] as const;

/**
 * Every row of the run as a table: the picture's twin in the DOM. Only what is in view exists; `aria-rowcount` and
 * `aria-rowindex` tell the whole.
 */
export class EventsTable {
  readonly #store: Store;
  readonly #scroller: HTMLElement;
  readonly #body: HTMLElement;
  readonly #spacer: HTMLElement;
  readonly #table: HTMLTableElement;
  readonly #count: HTMLElement;
  readonly #input: HTMLInputElement;
  #rows: Int32Array | null = null;
  #shownFilter = '';
  #shownRun: unknown = null;

  constructor(store: Store) {
    this.#store = store;
    this.#input = h('input', {
      id: 'filter',
      type: 'search',
      placeholder: 'filter: n1 kind:drop AppendEntries …',
      'aria-label': 'Filter the events: words that must all occur; node names, kind:drop',
      oninput: () => {
        store.set({ filter: this.#input.value });
      },
    });
    this.#count = h('span', { class: 'count', 'data-testid': 'row-count' });
    this.#body = h('tbody');
    this.#table = h(
      'table',
      { class: 'events', 'aria-label': 'Events of the run' },
      h('thead', {}, h('tr', {}, ...HEADS.map((name) => h('th', { scope: 'col' }, name)))),
      this.#body,
    );
    this.#spacer = h('div', { class: 'spacer' }, this.#table);
    this.#scroller = h(
      'div',
      { class: 'scroller', tabindex: 0, role: 'region', 'aria-label': 'Events' },
      this.#spacer,
    );
    this.#scroller.addEventListener('scroll', () => {
      this.#render();
    });
    replace(
      byId('panel-events'),
      h('div', { class: 'bar' }, this.#input, this.#count),
      this.#scroller,
    );
    store.listen((state, before) => {
      if (state.tab !== 'events') return;
      const changed = this.#refilter();
      const moved = state.cursor !== before.cursor || state.tab !== before.tab;
      // Nothing was drawn yet, as long as the page was hidden.
      const due = changed || moved || this.#body.childElementCount === 0;
      if (!due) return;
      this.#reveal();
      this.#render();
    });
  }

  focusFilter(): void {
    this.#store.set({ tab: 'events' });
    this.#store.flush();
    this.#input.focus();
  }

  #refilter(): boolean {
    const { filter } = this.#store.state;
    const run = this.#store.current;
    if (this.#shownRun === run && this.#shownFilter === filter) return false;
    this.#shownRun = run;
    this.#shownFilter = filter;
    if (this.#input.value !== filter) this.#input.value = filter;
    this.#rows = filter.trim() === '' ? null : filterRows(run.model, filter);
    const total = run.model.count;
    this.#count.textContent =
      this.#rows === null ? `${total} rows` : `${this.#rows.length} of ${total} rows`;
    this.#table.setAttribute('aria-rowcount', String(this.#length + 1));
    this.#spacer.style.height = `${this.#height + ROW_HEIGHT}px`;
    return true;
  }

  get #length(): number {
    return this.#rows?.length ?? this.#store.current.model.count;
  }

  get #height(): number {
    return Math.min(MOST_PIXELS, this.#length * ROW_HEIGHT);
  }

  /** Where a row of the list stands, in pixels of the scrolled height. */
  #topOf(index: number): number {
    return this.#length === 0 ? 0 : (index / this.#length) * this.#height;
  }

  #reveal(): void {
    const { cursor } = this.#store.state;
    if (cursor < 0) return;
    const index = this.#rows === null ? cursor : lowerBound(this.#rows, cursor);
    const top = this.#topOf(index);
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop + ROW_HEIGHT || top > scrollTop + clientHeight - 2 * ROW_HEIGHT)
      this.#scroller.scrollTop = Math.max(0, top - clientHeight / 2);
  }

  #render(): void {
    const { clientHeight, scrollTop } = this.#scroller;
    if (clientHeight === 0) return;
    const visibleRows = Math.ceil(clientHeight / ROW_HEIGHT);
    const first = Math.floor((scrollTop / Math.max(1, this.#height)) * this.#length);
    const from = Math.max(0, first - OVERSCAN);
    const to = Math.min(this.#length, first + visibleRows + OVERSCAN);
    const offset = Math.max(0, this.#topOf(first) - (first - from) * ROW_HEIGHT);
    this.#table.style.transform = `translateY(${offset}px)`;
    const items: HTMLElement[] = [];
    for (let index = from; index < to; index += 1) items.push(this.#item(index));
    replace(this.#body, ...items);
  }

  #item(index: number): HTMLElement {
    const row = this.#rows === null ? index : this.#rows[index]!;
    const { model } = this.#store.current;
    const { rows } = model.data;
    const kind = Kind.KIND_NAMES[rows.kind[row]!] ?? '';
    const current = row === this.#store.state.cursor;
    const violated = row === model.data.head.violationRow;
    return h(
      'tr',
      {
        'aria-rowindex': index + 2,
        'aria-current': current ? 'true' : null,
        class: `kind-${kind}${current ? ' current' : ''}${violated ? ' violation' : ''}`,
        onclick: () => {
          this.#store.moveTo(row);
        },
      },
      h('td', { class: 'number' }, String(rows.event[row]!)),
      h('td', { class: 'number' }, (model.timeUs(row) / 1_000_000).toFixed(6)),
      h('td', {}, model.names[rows.node[row]!] ?? ''),
      h('td', {}, kind),
      h('td', { class: 'what' }, foreign(clip(model.describe(row)))),
    );
  }
}

function clip(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}

function lowerBound(rows: Int32Array, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
