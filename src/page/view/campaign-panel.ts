import type { CampaignData, ReportData } from '../../report/html/report-data.ts';
import type { Store } from '../app/store.ts';
import { byId, h, replace, visible } from './dom.ts';

/** What a campaign found: failures by kind, each with the run that shows it; what faults did; what was never reached. */
export function mountCampaign(
  report: ReportData,
  store: Store,
  copy: (text: string) => void,
): void {
  const element = byId('panel-campaign');
  const { campaign } = report;
  if (campaign === null) {
    replace(
      element,
      h(
        'p',
        { class: 'empty' },
        'This report is about a run. ',
        h('code', {}, 'splitbrain fuzz <scenario> --json > fuzz.json; splitbrain report fuzz.json'),
        ' shows a campaign.',
      ),
    );
    return;
  }
  replace(
    element,
    h('h3', {}, `Campaign: ${campaign.verdict}`),
    h(
      'p',
      { class: 'totals', 'data-testid': 'totals' },
      `${campaign.seeds} runs: ${campaign.passed} passed, ${campaign.failed} failed, ${campaign.inconclusive} inconclusive`,
    ),
    ...campaign.text.map((line) => h('p', {}, visible(line))),
    ...campaign.divergences.map((line) => h('p', { class: 'bad' }, visible(line))),
    h(
      'table',
      { class: 'buckets' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['failure', 'scenario', 'runs', 'shortest seed', 'what went wrong', ''].map((name) =>
            h('th', { scope: 'col' }, name),
          ),
        ),
      ),
      h('tbody', {}, ...campaign.buckets.map((bucket) => bucketRow(bucket, store, copy))),
    ),
    h(
      'div',
      { class: 'columns' },
      numbers(
        'Faults and their effect',
        ['fault', 'drawn', 'began', 'bit', 'effect'],
        campaign.faults.map((row) => row.map(String)),
        (row) => row[3] === '0',
      ),
      numbers(
        'Operations',
        ['operation', 'ok', 'failed', 'unknown', 'ok during faults'],
        campaign.operations.map((row) => row.map(String)),
        () => false,
      ),
      numbers(
        'Marks reached',
        ['mark', 'runs'],
        campaign.marks.map((row) => row.map(String)),
        (row) => row[1] === '0',
      ),
    ),
    campaign.missed.length === 0
      ? null
      : h(
          'section',
          {},
          h('h4', {}, 'Never reached'),
          h('ul', {}, ...campaign.missed.map((goal) => h('li', {}, visible(goal)))),
        ),
  );
}

function bucketRow(
  bucket: CampaignData['buckets'][number],
  store: Store,
  copy: (text: string) => void,
): HTMLElement {
  const { run } = bucket;
  const open =
    run === null
      ? h('span', { class: 'count' }, bucket.note)
      : h(
          'button',
          {
            class: 'small',
            onclick: () => {
              store.set({ run, tab: 'events' });
            },
          },
          'show this run',
        );
  return h(
    'tr',
    {},
    h('td', {}, `✗ ${visible(bucket.signature)}`),
    h('td', {}, visible(bucket.scenario)),
    h('td', { class: 'number' }, String(bucket.count)),
    h('td', { class: 'number' }, visible(bucket.seed)),
    h('td', {}, visible(bucket.sentence)),
    h(
      'td',
      {},
      open,
      h(
        'button',
        {
          class: 'small',
          title: bucket.reproduce,
          onclick: () => {
            copy(bucket.reproduce);
          },
        },
        'copy',
      ),
    ),
  );
}

function numbers(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  isIdle: (row: readonly string[]) => boolean,
): HTMLElement {
  return h(
    'section',
    {},
    h('h4', {}, title),
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...heads.map((name) => h('th', { scope: 'col' }, name)))),
      h(
        'tbody',
        {},
        ...rows.map((row) =>
          h(
            'tr',
            { class: isIdle(row) ? 'idle' : '' },
            ...row.map((value, column) =>
              h('td', { class: column === 0 ? '' : 'number' }, visible(value)),
            ),
          ),
        ),
      ),
    ),
  );
}
