import type { Store } from '../app/store.ts';
import { byId, h, replace, visible } from './dom.ts';

/** The faults of the run and the smallest schedule that still fails, each with why it is needed, and both ready to paste. */
export function mountSchedule(store: Store, copy: (text: string) => void): void {
  const element = byId('panel-schedule');
  let drawn: unknown = null;
  store.listen((state) => {
    if (state.tab !== 'schedule' || drawn === store.current) return;
    drawn = store.current;
    const { model } = store.current;
    const { schedule, faults } = model.data.head;
    const { shrunk } = schedule;
    replace(
      element,
      h(
        'div',
        { class: 'columns' },
        h(
          'section',
          {},
          h('h3', {}, `Faults of this run (${faults.length})`),
          faults.length === 0
            ? h('p', { class: 'empty' }, 'No fault was planned.')
            : faultTable(store),
          schedule.yaml === '' ? null : paste('As a scenario writes them', schedule.yaml, copy),
        ),
        h(
          'section',
          {},
          h('h3', {}, 'The smallest schedule that still fails'),
          shrunk === null
            ? h(
                'p',
                {},
                schedule.command === ''
                  ? 'Nothing failed here: there is nothing to make smaller.'
                  : 'It was not asked for. ',
                schedule.command === '' ? '' : h('code', {}, schedule.command),
                schedule.command === ''
                  ? ''
                  : ' finds it, with the necessity and slack of every fault.',
              )
            : h(
                'div',
                {},
                h(
                  'p',
                  {},
                  shrunk.sizes,
                  shrunk.minimal ? '' : ' The budget ended first: more might go.',
                ),
                h(
                  'table',
                  { class: 'necessity' },
                  h(
                    'thead',
                    {},
                    h(
                      'tr',
                      {},
                      ...['fault', 'needed', 'why, and how far it may move'].map((name) =>
                        h('th', { scope: 'col' }, name),
                      ),
                    ),
                  ),
                  h(
                    'tbody',
                    {},
                    ...shrunk.faults.map(({ text, needed, necessity }) =>
                      h(
                        'tr',
                        {},
                        h('td', {}, visible(text)),
                        h('td', {}, needed ? '● needed' : '○ not alone'),
                        h('td', {}, necessity),
                      ),
                    ),
                  ),
                ),
                ...shrunk.twin.map((line) => h('p', { class: 'twin' }, visible(line))),
                paste('The whole scenario, ready to paste', shrunk.yaml, copy),
              ),
        ),
      ),
    );
  });
}

function faultTable(store: Store): HTMLElement {
  const { faults, nodes } = store.current.model.data.head;
  const seconds = (us: number | null, never: string): string =>
    us === null ? never : `${(us / 1_000_000).toFixed(3)} s`;
  return h(
    'table',
    { class: 'faults' },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...['fault', 'began', 'ended', 'on', 'effect'].map((name) =>
          h('th', { scope: 'col' }, name),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      ...faults.map(({ text, startUs, endUs, targets, effect, startRow }) =>
        h(
          'tr',
          {
            class: effect === 0 ? 'idle' : '',
            onclick: () => {
              if (startRow >= 0) store.moveTo(startRow);
            },
          },
          h('td', {}, visible(text)),
          h('td', { class: 'number' }, seconds(startUs, 'never')),
          h(
            'td',
            { class: 'number' },
            startUs === null ? '' : seconds(endUs, 'not before the end'),
          ),
          h('td', {}, targets.map((node) => nodes[node]?.name ?? '').join(' ')),
          h('td', { class: 'number' }, effect === 0 ? '0: never bit' : String(effect)),
        ),
      ),
    ),
  );
}

function paste(title: string, text: string, copy: (text: string) => void): HTMLElement {
  return h(
    'div',
    { class: 'paste' },
    h(
      'div',
      { class: 'bar' },
      h('strong', {}, title),
      h(
        'button',
        {
          class: 'small',
          onclick: () => {
            copy(text);
          },
        },
        'copy',
      ),
    ),
    h('pre', { 'data-testid': 'schedule-text', tabindex: 0 }, text),
  );
}
