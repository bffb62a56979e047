import type { ReportData } from '../../report/html/report-data.ts';
import type { Store } from '../app/store.ts';
import { alignRuns, type Pairing } from '../model/align-runs.ts';
import { byId, foreign, h, replace, visible } from './dom.ts';

const BEFORE = 6;
const AFTER = 40;

/** Two runs side by side, from where they part; what they do alike later is put side by side again. */
export function mountCompare(report: ReportData, store: Store): void {
  const element = byId('panel-compare');
  let drawn = false;
  store.listen((state) => {
    if (state.tab !== 'compare') return;
    if (drawn) return;
    drawn = true;
    const { divergence, runs } = report;
    if (divergence === null || runs.length < 2) {
      replace(
        element,
        h(
          'p',
          { class: 'empty' },
          'This report shows one run. ',
          h('code', {}, 'splitbrain report <run> <other run>'),
          ' puts two side by side.',
        ),
      );
      return;
    }
    const head = divergence.text.map((line) =>
      h('p', { 'data-testid': 'divergence' }, visible(line)),
    );
    if (divergence.event === null) {
      replace(element, h('h3', {}, 'The two runs are identical'), ...head);
      return;
    }
    const pairs = alignRuns(
      store.open(0).model,
      store.open(1).model,
      divergence.rows,
      BEFORE,
      AFTER,
    );
    replace(
      element,
      h('h3', {}, `The runs part at event ${divergence.event}`),
      ...head,
      scheduleDiff(report),
      h(
        'table',
        { class: 'compare' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...['A', 'B'].flatMap((name, run) => [
              h('th', { scope: 'col' }, `${name}: seed ${visible(runs[run]!.head.seed)}`),
            ]),
          ),
        ),
        h('tbody', {}, ...pairs.map((pair) => pairRow(store, pair, divergence.rows))),
      ),
    );
  });
}

function pairRow(
  store: Store,
  { left, right, same }: Pairing,
  first: readonly [number, number],
): HTMLElement {
  const isFirst = (left >= 0 && left === first[0]) || (right >= 0 && right === first[1]);
  return h(
    'tr',
    { class: `${same ? 'same' : 'differs'}${isFirst ? ' first' : ''}` },
    cell(store, 0, left),
    cell(store, 1, right),
  );
}

function cell(store: Store, run: number, row: number): HTMLElement {
  if (row < 0) return h('td', { class: 'empty' }, '');
  const { model } = store.open(run);
  return h(
    'td',
    {},
    h(
      'button',
      {
        class: 'link',
        onclick: () => {
          store.set({ run });
          store.moveTo(row);
        },
      },
      h('span', { class: 'time' }, `${(model.timeUs(row) / 1_000_000).toFixed(6)} s `),
      foreign(model.describe(row).slice(0, 160)),
    ),
  );
}

/** What the schedules differ in; null when they are equal. */
function scheduleDiff({ runs }: ReportData): HTMLElement | null {
  const [a, b] = runs.map(({ head }) => head.faults.map(({ text }) => text));
  const only = (list: readonly string[], other: readonly string[]): string[] =>
    list.filter((text) => !other.includes(text));
  const lines = [
    ...only(a!, b!).map((text) => `only in A: ${text}`),
    ...only(b!, a!).map((text) => `only in B: ${text}`),
  ];
  if (lines.length === 0) return h('p', { class: 'count' }, 'Both have the same faults.');
  return h('ul', { class: 'chain' }, ...lines.map((line) => h('li', {}, visible(line))));
}
