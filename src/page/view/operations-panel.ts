import type { OperationData } from '../../report/html/report-data.ts';
import type { Store } from '../app/store.ts';
import { answerText, requestText } from '../model/operation-words.ts';
import { puzzlesOf, type Puzzle } from '../model/own-order.ts';
import { byId, foreign, h, replace, visible } from './dom.ts';
import { OwnOrder } from './own-order-view.ts';

const MOST_LISTED = 500;

/** Operations, the order that explains them (or how far one goes), and the reader's own. */
export function mountOperations(store: Store): void {
  const element = byId('panel-operations');
  let shownRun: unknown = null;
  let puzzles: Puzzle[] = [];
  let chosen = 0;
  const render = (): void => {
    const { model } = store.current;
    const { head } = model.data;
    if (shownRun !== store.current) {
      shownRun = store.current;
      puzzles = head.model === null ? [] : puzzlesOf(head.operations, head.model);
      chosen = Math.max(
        0,
        puzzles.findIndex((one) => one.calls.has(head.culprit ?? -1)),
      );
    }
    const puzzle = puzzles[chosen];
    replace(
      element,
      h(
        'div',
        { class: 'columns' },
        h(
          'section',
          {},
          h('h3', {}, 'What clients asked and learned'),
          orderSentence(store, puzzle),
          operationList(store, puzzle),
        ),
        puzzle === undefined
          ? h(
              'section',
              {},
              h('h3', {}, 'Try your own order'),
              h(
                'p',
                { class: 'empty' },
                head.operations.length === 0
                  ? 'Nobody asked anything.'
                  : 'No sequential model judges this history: there is no order to try.',
              ),
            )
          : new OwnOrder(store, puzzle, picker()).element,
      ),
    );
  };
  const picker = (): HTMLElement | null => {
    if (puzzles.length < 2) return null;
    const select = h('select', {
      'aria-label': 'Object',
      onchange: () => {
        chosen = Number(select.value);
        render();
      },
    });
    for (const [index, { object, operations }] of puzzles.entries())
      select.append(
        h(
          'option',
          { value: index },
          `${visible(object ?? 'all')} (${operations.length} operations)`,
        ),
      );
    select.value = String(chosen);
    return select;
  };
  let drawnRun: unknown = null;
  store.listen((state) => {
    if (state.tab !== 'operations') return;
    if (drawnRun !== store.current) {
      drawnRun = store.current;
      render();
    }
    for (const row of element.querySelectorAll('tr[data-operation]')) {
      const current = Number((row as HTMLElement).dataset['operation']) === state.operation;
      row.classList.toggle('current', current);
    }
  });
}

function orderSentence(store: Store, puzzle: Puzzle | undefined): HTMLElement | null {
  const { orders, culprit } = store.current.model.data.head;
  const order =
    orders.find(({ object }) => object === (puzzle?.object ?? null)) ??
    (orders.length === 1 ? orders[0] : undefined);
  if (order === undefined) return null;
  const text = order.complete
    ? `This order explains every answer: ${order.order.length} operations, numbered in the picture.`
    : `The longest valid order stops just before #${culprit ?? ''}: it explains the ${order.order.length} operations that the culprit could have seen.`;
  return h(
    'p',
    { 'data-testid': 'order' },
    text,
    ' ',
    h(
      'span',
      { class: 'order' },
      order.order
        .slice(0, 60)
        .map((index) => `#${index}`)
        .join(' < ') + (order.order.length > 60 ? ' < …' : ''),
    ),
  );
}

function operationList(store: Store, puzzle: Puzzle | undefined): HTMLElement {
  const { model } = store.current;
  const { head } = model.data;
  const witness = new Set(head.properties[head.told]?.operations ?? []);
  const all =
    puzzle === undefined
      ? head.operations
      : head.operations.filter(
          ({ index, key }) => puzzle.calls.has(index) || key === puzzle.object,
        );
  const near = aroundOf(all, head.culprit);
  return h(
    'div',
    { class: 'scroll' },
    near.length < all.length
      ? h('p', { class: 'count' }, `${near.length} of ${all.length} operations, around the culprit`)
      : null,
    h(
      'table',
      { class: 'operations' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['#', 'client', 'asked', 'from', 'to', 'answer'].map((name) =>
            h('th', { scope: 'col' }, name),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        ...near.map((operation) =>
          operationRow(
            store,
            operation,
            head.culprit === operation.index
              ? 'culprit'
              : witness.has(operation.index)
                ? 'witness'
                : '',
          ),
        ),
      ),
    ),
  );
}

function aroundOf(all: readonly OperationData[], culprit: number | null): readonly OperationData[] {
  if (all.length <= MOST_LISTED) return all;
  const at = all.findIndex(({ index }) => index === culprit);
  const from = Math.max(0, Math.min(at < 0 ? 0 : at - MOST_LISTED / 2, all.length - MOST_LISTED));
  return all.slice(from, from + MOST_LISTED);
}

function operationRow(store: Store, operation: OperationData, role: string): HTMLElement {
  const { model } = store.current;
  const seconds = (us: number | null): string =>
    us === null ? '–' : `${(us / 1_000_000).toFixed(3)} s`;
  const row = operation.completeRow >= 0 ? operation.completeRow : operation.invokeRow;
  return h(
    'tr',
    {
      class: `${operation.status} ${role}`,
      'data-operation': operation.index,
      onclick: () => {
        if (row >= 0) store.moveTo(row, operation.index);
        else store.set({ operation: operation.index });
      },
    },
    h('td', { class: 'number' }, `${role === 'culprit' ? '✗ ' : ''}#${operation.index}`),
    h('td', {}, visible(model.names[operation.node] ?? String(operation.process))),
    h('td', {}, foreign(clip(requestText(operation)))),
    h('td', { class: 'number' }, seconds(operation.invokeUs)),
    h('td', { class: 'number' }, operation.complete === null ? '…' : seconds(operation.completeUs)),
    h('td', {}, foreign(clip(answerText(operation)))),
  );
}

function clip(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}… (${text.length} characters)` : text;
}
