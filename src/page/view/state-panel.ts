import { LOG_FIELD, LOG_FIRST_FIELD } from '../../protocols/lane.ts';
import type { Store } from '../app/store.ts';
import { conflictingIndexes, entryAt, logOf, termOf, type HeldLog } from '../model/logs.ts';
import { byId, h, replace, visible } from './dom.ts';
import { valueNode } from './inspector.ts';
import { toneSwatch } from './swatch.ts';

const SHOWN_ENTRIES = 40;
const LOG_FIELDS: readonly string[] = [LOG_FIELD, LOG_FIRST_FIELD];

/** The state of every node at the cursor; replicated logs side by side, with what conflicts. */
export function mountStates(store: Store): void {
  const element = byId('panel-state');
  store.listen((state) => {
    if (state.tab !== 'state') return;
    const { model, states } = store.current;
    if (state.cursor < 0) {
      replace(
        element,
        h(
          'p',
          { class: 'empty' },
          model.count === 0
            ? 'This run has no events.'
            : 'No event is chosen. Click one in the picture, or press → .',
        ),
      );
      return;
    }
    const now = model.names.map((_, node) => states.at(node, state.cursor));
    const logs = now.map(({ fields }, node) => logOf(node, fields)).filter((log) => log !== null);
    const time = (model.timeUs(state.cursor) / 1_000_000).toFixed(6);
    replace(
      element,
      h('h3', {}, `States at event ${model.data.rows.event[state.cursor]!}, ${time} s`),
      logs.length === 0 ? null : logStrip(logs, model.names),
      h(
        'div',
        { class: 'cards' },
        ...now.map(({ look, fields }, node) =>
          h(
            'section',
            { class: 'card', 'data-node': model.names[node]! },
            h(
              'h4',
              {},
              toneSwatch(look.tone),
              ` ${model.names[node]!} `,
              h('span', { class: 'role' }, `${look.role} ${look.label}`),
            ),
            h(
              'dl',
              { class: 'facts' },
              ...Object.entries(fields)
                .filter(([name]) => !LOG_FIELDS.includes(name))
                .flatMap(([name, value]) => [
                  h('dt', {}, visible(name)),
                  h('dd', {}, valueNode(value)),
                ]),
            ),
          ),
        ),
      ),
    );
  });
}

/** One row a node, one column an index; colour and number tell the term, bold the committed, a frame the conflicts. */
function logStrip(logs: readonly HeldLog[], names: readonly string[]): HTMLElement {
  const last = Math.max(...logs.map(({ first, entries }) => first + entries.length - 1), 1);
  const first = Math.max(Math.min(...logs.map((log) => log.first)), last - SHOWN_ENTRIES + 1);
  const conflicts = conflictingIndexes(logs);
  const indexes = Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, offset) => first + offset,
  );
  const hidden = first - Math.min(...logs.map((log) => log.first));
  return h(
    'div',
    { class: 'scroll' },
    h(
      'p',
      {},
      `Logs: terms by index${hidden > 0 ? `, the last ${indexes.length} (${hidden} before are not drawn)` : ''}. `,
      conflicts.length > 0
        ? h(
            'strong',
            { class: 'bad', 'data-testid': 'conflict' },
            `Index ${conflicts[0]!}${conflicts.length > 1 ? ` and ${conflicts.length - 1} more` : ''}: nodes hold different entries.`,
          )
        : 'Where two nodes hold an entry at an index, it is the same.',
    ),
    h(
      'table',
      { class: 'logs' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, 'node'),
          ...indexes.map((index) => h('th', { scope: 'col' }, String(index))),
        ),
      ),
      h(
        'tbody',
        {},
        ...logs.map((log) =>
          h(
            'tr',
            {},
            h(
              'th',
              { scope: 'row' },
              `${names[log.node]!} `,
              h('span', { class: 'commit' }, `commit ${log.commit}`),
            ),
            ...indexes.map((index) => logCell(log, index, conflicts)),
          ),
        ),
      ),
    ),
  );
}

function logCell(log: HeldLog, index: number, conflicts: readonly number[]): HTMLElement {
  const entry = entryAt(log, index);
  if (entry === undefined)
    return h(
      'td',
      { class: index < log.first ? 'compacted' : 'absent' },
      index < log.first ? '·' : '',
    );
  const committed = index <= log.commit;
  const conflict = conflicts.includes(index);
  const term = termOf(entry);
  return h(
    'td',
    {
      class: `term-${Number(term) % 6}${committed ? ' committed' : ' uncommitted'}${conflict ? ' conflict' : ''}`,
      title: `index ${index}, term ${visible(entry)}${committed ? ', committed here' : ', not committed here'}${conflict ? ', other nodes hold another entry' : ''}`,
    },
    term,
  );
}
