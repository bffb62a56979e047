import type { LaneValue } from '../../protocols/lane.ts';
import * as Kind from '../../sim/engine/event-kind.ts';
import type { Fields } from '../../report/html/state-delta.ts';
import type { Store } from '../app/store.ts';
import { effectsOf, whyChain } from '../model/causality.ts';
import { faultBehind, faultOfLoss } from '../model/fault-behind.ts';
import type { RunModel } from '../model/run-model.ts';
import { operationText } from '../model/operation-words.ts';
import { byId, foreign, h, replace, visible } from './dom.ts';
import { longText } from './long-text.ts';

const CHAIN = 8;
const EFFECTS = 6;

/** Everything about the row at the cursor: what, why, what followed, what it changed, where in the source. */
export function mountInspector(store: Store): void {
  const element = byId('inspector-body');
  let full = false;
  const render = (): void => {
    const { model, states } = store.current;
    const row = store.state.cursor;
    if (row < 0 || row >= model.count) {
      replace(
        element,
        h('p', { class: 'empty' }, 'No event is chosen. Click one, or press → .'),
        ...propertyList(model),
      );
      return;
    }
    const node = model.actorOf(row);
    replace(
      element,
      h('h2', { 'data-testid': 'inspected' }, foreign(model.describe(row))),
      facts(model, row),
      operationPart(store, row),
      whyPart(store, row),
      effectPart(store, row),
      node < 0
        ? null
        : statePart(
            states.before(node, row).fields,
            states.at(node, row).fields,
            model.names[node]!,
            full,
            () => {
              full = !full;
              render();
            },
          ),
      payloadPart(model, row),
    );
  };
  store.listen((state, before) => {
    if (
      state.cursor !== before.cursor ||
      state.run !== before.run ||
      element.childElementCount === 0
    )
      render();
  });
}

/** How every property of the run was judged. */
function propertyList(model: RunModel): HTMLElement[] {
  const { properties } = model.data.head;
  const signs = { holds: '✓', violated: '✗', inconclusive: '?', vacuous: '∅' };
  return [
    h('h2', {}, `Properties (${properties.length})`),
    h(
      'ul',
      { class: 'properties', 'data-testid': 'properties' },
      ...properties.map(({ name, verdict, declared }) =>
        h(
          'li',
          { class: verdict === 'holds' ? '' : 'bad' },
          `${signs[verdict]} ${name}${verdict === 'holds' ? '' : `: ${verdict}`}${declared === 'violated' ? ' (declared violated)' : ''}`,
        ),
      ),
    ),
  ];
}

function facts(model: RunModel, row: number): HTMLElement {
  const { rows, head } = model.data;
  const place = head.places[rows.place[row]!];
  const entries: [string, string][] = [
    ['event', `${rows.event[row]!} of ${head.events}`],
    ['time', `${(model.timeUs(row) / 1_000_000).toFixed(6)} s`],
    ['kind', Kind.KIND_NAMES[rows.kind[row]!] ?? ''],
    ['draws', String(rows.draws[row]!)],
  ];
  if (place !== undefined) entries.push(['source', place]);
  const send = rows.cause[row]!;
  if (rows.kind[row] === Kind.DELIVER && send >= 0)
    entries.push([
      'under way',
      `${((model.timeUs(row) - model.timeUs(send)) / 1_000).toFixed(3)} ms`,
    ]);
  const cut = faultOfLoss(model, row);
  if (cut !== null) entries.push(['stopped by', cut.id]);
  return h(
    'dl',
    { class: 'facts' },
    ...entries.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
  );
}

function operationPart(store: Store, row: number): HTMLElement | null {
  const { model } = store.current;
  const operation = model.operation(model.operationOfRow[row]!);
  if (operation === undefined) return null;
  const isCulprit = model.data.head.culprit === operation.index;
  return h(
    'p',
    { class: isCulprit ? 'operation-line bad' : 'operation-line' },
    isCulprit ? '✗ culprit ' : '',
    foreign(operationText(operation, model.names)),
  );
}

function whyPart(store: Store, row: number): HTMLElement {
  const { model } = store.current;
  const chain = whyChain(model, row, CHAIN);
  const fault = faultBehind(model, row);
  return h(
    'section',
    {},
    h('h3', {}, 'Why'),
    chain.length === 0
      ? h('p', { class: 'empty' }, 'Nothing before it: this is a beginning.')
      : null,
    h(
      'ol',
      { class: 'chain', 'data-testid': 'why' },
      ...chain.map((one) => h('li', {}, rowLink(store, one))),
    ),
    fault === null || fault.startRow < 0
      ? null
      : h(
          'p',
          { class: 'fault-line' },
          '⚡ fault behind it: ',
          faultLink(store, fault.startRow, fault.text),
          h('kbd', {}, 'f'),
        ),
  );
}

function effectPart(store: Store, row: number): HTMLElement | null {
  const found = effectsOf(store.current.model, row, EFFECTS);
  if (found.length === 0) return null;
  return h(
    'section',
    {},
    h('h3', {}, 'What it led to'),
    h('ul', { class: 'chain' }, ...found.map((one) => h('li', {}, rowLink(store, one)))),
  );
}

function rowLink(store: Store, row: number): HTMLElement {
  const { model } = store.current;
  const time = (model.timeUs(row) / 1_000_000).toFixed(3);
  return h(
    'button',
    {
      class: 'link',
      onclick: () => {
        store.moveTo(row);
      },
    },
    h('span', { class: 'time' }, `${time} s `),
    foreign(clipped(model.describe(row))),
  );
}

function faultLink(store: Store, row: number, text: string): HTMLElement {
  return h(
    'button',
    {
      class: 'link',
      'data-testid': 'fault-behind',
      onclick: () => {
        store.moveTo(row);
      },
    },
    visible(text),
  );
}

function clipped(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function statePart(
  before: Fields,
  after: Fields,
  name: string,
  full: boolean,
  toggle: () => void,
): HTMLElement {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  const shown = full ? names : changed;
  return h(
    'section',
    {},
    h(
      'h4',
      {},
      `State of ${name}`,
      h(
        'button',
        { class: 'small', 'aria-pressed': full, onclick: toggle },
        full ? 'only changes' : 'all of it',
      ),
    ),
    shown.length === 0
      ? h(
          'p',
          { class: 'empty' },
          names.length === 0 ? 'Nothing is known of it.' : 'This event changed nothing of it.',
        )
      : h(
          'table',
          { class: 'state', 'data-testid': 'state-diff' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'col' }, 'field'),
              h('th', { scope: 'col' }, 'before'),
              h('th', { scope: 'col' }, 'after'),
            ),
          ),
          h(
            'tbody',
            {},
            ...shown.map((field) =>
              h(
                'tr',
                { class: changed.includes(field) ? 'changed' : '' },
                h('th', { scope: 'row' }, visible(field)),
                h('td', {}, valueNode(before[field])),
                h('td', {}, valueNode(after[field])),
              ),
            ),
          ),
        ),
  );
}

const MOST_ITEMS = 6;

/** Of a long list the end, which is what changes. */
export function valueNode(value: LaneValue | undefined): HTMLElement {
  if (value === undefined) return h('span', { class: 'empty' }, '–');
  if (Array.isArray(value)) {
    const items = value as readonly LaneValue[];
    const left = items.length - MOST_ITEMS;
    const shown = items
      .slice(-MOST_ITEMS)
      .map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
    return longText(`${left > 0 ? `(${left} before) ` : ''}${shown.join(' · ') || 'empty'}`);
  }
  return longText(typeof value === 'string' ? value : JSON.stringify(value));
}

function payloadPart(model: RunModel, row: number): HTMLElement | null {
  const text = model.payloadText(row);
  if (text === null) return null;
  const pretty = text.length > 20_000 ? text : JSON.stringify(JSON.parse(text), null, 1);
  return h(
    'section',
    {},
    h('h3', {}, 'Contents'),
    h('pre', { class: 'payload', 'data-testid': 'payload' }, longText(pretty)),
  );
}
