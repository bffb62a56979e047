import type { ReportData, RunData } from '../../report/html/report-data.ts';
import { describeFault } from '../../report/describe-fault.ts';
import { byId, h, replace, visible } from '../view/dom.ts';
import { LiveRunner } from './run-again.ts';

interface Page {
  readonly replaceRun: (data: RunData) => void;
}

/** The controls of a live report: another seed, faults on and off, and run. */
export function mountLive({ live }: ReportData, page: Page): void {
  if (live === null) return;
  const runner = new LiveRunner(live);
  (window as unknown as { __live: LiveRunner }).__live = runner;
  const box = byId('live-controls');
  const seed = h('input', {
    type: 'text',
    value: live.seed,
    'aria-label': 'Seed',
    size: 14,
    spellcheck: 'false',
  });
  const status = h(
    'span',
    { role: 'status', 'data-testid': 'live-status' },
    'This report runs again: change something and press run.',
  );
  const faults = h('span', { class: 'bar', role: 'group', 'aria-label': 'Faults' });
  const listFaults = (): void => {
    replace(
      faults,
      ...runner
        .schedule(seed.value)
        .map((fault) =>
          h(
            'label',
            { title: describeFault(fault) },
            h('input', { type: 'checkbox', checked: true, 'data-fault': fault.id }),
            ` ${visible(fault.id)}`,
          ),
        ),
    );
  };
  const run = (): void => {
    status.textContent = 'running…';
    // The word is seen before the work begins, which takes the page.
    requestAnimationFrame(() =>
      setTimeout(() => {
        const boxes = [...faults.querySelectorAll<HTMLInputElement>('input[data-fault]')];
        const without = boxes
          .filter(({ checked }) => !checked)
          .map(({ dataset }) => dataset['fault']!);
        try {
          const started = performance.now();
          const data = runner.run(seed.value, without);
          page.replaceRun(data);
          status.textContent = `${data.head.outcome === 'passed' ? '✓' : '✗'} ${data.head.events} events in ${Math.round(performance.now() - started)} ms, trace ${data.head.hash}`;
        } catch (error) {
          status.textContent = `✗ ${(error as Error).message}`;
        }
      }),
    );
  };
  seed.addEventListener('change', listFaults);
  seed.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      listFaults();
      run();
    }
  });
  const next = (): void => {
    seed.value = /^\d+$/.test(seed.value) ? String(BigInt(seed.value) + 1n) : `${seed.value}+`;
    listFaults();
    run();
  };
  replace(
    box,
    h('strong', {}, 'Run again'),
    h('label', {}, 'seed ', seed),
    faults,
    h('button', { id: 'live-run', onclick: run }, '▶ run'),
    h('button', { onclick: next }, 'next seed'),
    status,
  );
  box.hidden = false;
  listFaults();
}
