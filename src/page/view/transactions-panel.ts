import type { CycleData } from '../../report/html/report-data.ts';
import type { Store } from '../app/store.ts';
import { arcBetween, onCircle } from '../layout/circle.ts';
import { byId, h, replace, visible } from './dom.ts';

const SIZE = { width: 420, height: 300 };
const NODE = 20;
const SVG = 'http://www.w3.org/2000/svg';

/** What isolation the history has, and the cycles that break it. */
export function mountTransactions(store: Store): void {
  const element = byId('panel-transactions');
  let drawn: unknown = null;
  store.listen((state) => {
    if (state.tab !== 'transactions' || drawn === store.current) return;
    drawn = store.current;
    const { transactions } = store.current.model.data.head;
    if (transactions === null) {
      replace(
        element,
        h(
          'p',
          { class: 'empty' },
          'The operations of this history are no transactions (txn): there is no dependency graph to draw.',
        ),
      );
      return;
    }
    const { levels, cycles, others } = transactions;
    replace(
      element,
      h('h3', {}, 'Isolation, level by level'),
      h(
        'table',
        { class: 'levels' },
        h(
          'tbody',
          {},
          ...levels.map(({ name, verdict, summary }) =>
            h(
              'tr',
              { class: verdict.replace(' ', '-') },
              h('th', { scope: 'row' }, name),
              h(
                'td',
                {},
                `${verdict === 'holds' ? '✓' : verdict === 'violated' ? '✗' : '?'} ${verdict}`,
              ),
              h('td', {}, visible(summary)),
            ),
          ),
        ),
      ),
      ...others.map(({ sentence, because }) =>
        h(
          'section',
          { class: 'anomaly' },
          h('h4', {}, visible(sentence)),
          h('ul', {}, ...because.map((line) => h('li', {}, visible(line)))),
        ),
      ),
      ...cycles.map((cycle) => cycleSection(store, cycle)),
    );
  });
}

function cycleSection(store: Store, cycle: CycleData): HTMLElement {
  return h(
    'section',
    { class: 'anomaly', 'data-testid': 'cycle' },
    h('h4', {}, visible(cycle.sentence)),
    h(
      'div',
      { class: 'columns' },
      h('div', {}, cyclePicture(store, cycle) as unknown as HTMLElement),
      h(
        'div',
        {},
        h('ol', {}, ...cycle.because.map((line) => h('li', {}, visible(line)))),
        h('h4', {}, 'Transactions'),
        h(
          'ul',
          { class: 'chain' },
          ...cycle.transactions.map(({ text }) => h('li', {}, visible(text))),
        ),
      ),
    ),
  );
}

function cyclePicture(store: Store, { transactions, edges }: CycleData): SVGElement {
  const svg = make('svg', {
    viewBox: `0 0 ${SIZE.width} ${SIZE.height}`,
    class: 'cycle',
    role: 'img',
  });
  const title = make('title', {});
  title.textContent = `A cycle: ${edges.map(({ from, to, type }) => `#${transactions[from]!.operation} ${type} #${transactions[to]!.operation}`).join(', ')}`;
  svg.append(title);
  const places = onCircle(transactions.length, { x: SIZE.width / 2, y: SIZE.height / 2 }, 100);
  for (const { from, to, type, because } of edges) {
    const { start, control, end } = arcBetween(places[from]!, places[to]!, NODE);
    const path = make('path', {
      d: `M ${start.x} ${start.y} Q ${control.x} ${control.y} ${end.x} ${end.y}`,
      class: `edge ${type}`,
    });
    const angle = Math.atan2(end.y - control.y, end.x - control.x);
    const head = make('polygon', { points: arrowHead(end.x, end.y, angle), class: `head ${type}` });
    const label = make('text', {
      x: (start.x + 2 * control.x + end.x) / 4,
      y: (start.y + 2 * control.y + end.y) / 4,
      class: 'edge-label',
    });
    label.textContent = type;
    const hint = make('title', {});
    hint.textContent = because;
    path.append(hint);
    svg.append(path, head, label);
  }
  for (const [index, { operation, text }] of transactions.entries()) {
    const { x, y } = places[index]!;
    const group = make('g', { class: 'transaction', tabindex: 0 });
    const label = make('text', { x, y: y + 4 });
    label.textContent = `#${operation}`;
    const hint = make('title', {});
    hint.textContent = text;
    group.append(make('circle', { cx: x, cy: y, r: NODE }), label, hint);
    group.addEventListener('click', () => {
      store.set({ operation });
    });
    svg.append(group);
  }
  return svg;
}

function arrowHead(x: number, y: number, angle: number): string {
  const point = (along: number, aside: number): string =>
    `${x + along * Math.cos(angle) - aside * Math.sin(angle)},${y + along * Math.sin(angle) + aside * Math.cos(angle)}`;
  return [point(4, 0), point(-6, 4), point(-6, -4)].join(' ');
}

function make(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
