import type { ReportData } from '../../report/html/report-data.ts';
import { SHORT_HASH_DIGITS } from '../../report/short-hash.ts';
import type { Store } from '../app/store.ts';
import type { Theme } from '../app/theme.ts';
import { byId, h, replace, visible } from './dom.ts';

const BADGES: Readonly<Record<string, readonly [sign: string, text: string]>> = {
  passed: ['✓', 'as declared'],
  failed: ['✗', 'violated'],
  inconclusive: ['?', 'inconclusive'],
  nondeterministic: ['!', 'non-deterministic'],
};

export interface HeaderActions {
  readonly copyReproduce: () => void;
  readonly help: () => void;
}

/** Which run this is, how it ended, and what can be done with it. */
export function mountHeader(
  report: ReportData,
  store: Store,
  theme: Theme,
  actions: HeaderActions,
): void {
  const element = byId('head');
  let shown = -1;
  store.listen(({ run }) => {
    if (run === shown) return;
    shown = run;
    const { head } = store.current.model.data;
    const vacuous = head.properties.some(({ verdict }) => verdict === 'vacuous');
    const [sign, text] = BADGES[head.outcome]!;
    const said = head.outcome === 'inconclusive' && vacuous ? 'vacuous' : text;
    replace(
      element,
      h('span', { class: `badge ${head.outcome}`, 'data-testid': 'badge' }, `${sign} ${said}`),
      h('h1', {}, visible(head.scenario)),
      h('span', { class: 'fact' }, 'seed ', h('code', {}, visible(head.seed))),
      head.hash === ''
        ? null
        : h(
            'span',
            { class: 'fact', title: head.hash },
            'trace ',
            h('code', {}, head.hash.slice(0, SHORT_HASH_DIGITS)),
          ),
      head.bug === null
        ? null
        : h('span', { class: 'fact' }, 'planted bug ', h('code', {}, head.bug)),
      report.runs.length > 1 ? runPicker(report, store) : null,
      h('span', { class: 'gap' }),
      head.reproduce === ''
        ? null
        : h(
            'button',
            { id: 'copy', title: `${head.reproduce} (y)`, onclick: actions.copyReproduce },
            'Copy reproduction',
          ),
      h(
        'button',
        {
          id: 'theme',
          title: 'Light or dark',
          onclick: () => {
            theme.toggle();
          },
        },
        '◐ Theme',
      ),
      h(
        'button',
        { id: 'help-button', title: 'Keys (?)', 'aria-keyshortcuts': '?', onclick: actions.help },
        '? Keys',
      ),
    );
  });
}

function runPicker(report: ReportData, store: Store): HTMLElement {
  const select = h('select', {
    'aria-label': 'Run',
    onchange: () => {
      store.set({ run: Number(select.value) });
    },
  });
  for (const [index, { head }] of report.runs.entries()) {
    const letter = String.fromCodePoint(65 + (index % 26));
    select.append(
      h(
        'option',
        { value: index },
        `${letter}: ${visible(head.scenario)}, seed ${visible(head.seed)}`,
      ),
    );
  }
  select.value = String(store.state.run);
  return select;
}
