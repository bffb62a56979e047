import { readFileSync } from 'node:fs';

import { afterAll, describe, expect, it } from 'vitest';

import { ask, Browser, drawn } from './browser.ts';
import { own, Reports } from './reports.ts';

const browser = new Browser();
const reports = new Reports();
afterAll(async () => {
  await browser.close();
  reports.close();
});

describe('trying an own order', () => {
  it('is answered with the operation that breaks and why, on a failing history', async () => {
    const { page } = await browser.open(reports.write('failing', ['showcase']), {
      hash: '#v=operations',
    });
    for (const index of [0, 1, 2, 3])
      await page.locator(`.chip[data-operation="${index}"]`).click();
    expect(await page.getByTestId('own-verdict').textContent()).toBe(
      '✗ #3 (read x → 1) cannot come here: x is 2 then, and it answered 1.',
    );
    await page.getByRole('button', { name: 'take #2 out' }).click();
    expect(await page.getByTestId('own-verdict').textContent()).toContain(
      '#2 (write x 2 ok) had ended before it began',
    );
  });

  it('is accepted when it explains every answer, on a passing history', async () => {
    const { page } = await browser.open(reports.write('passing', ['leader-read-quorum']), {
      hash: '#v=operations',
    });
    await page.getByRole('button', { name: 'as far as the checker came' }).click();
    expect(await page.getByTestId('own-verdict').textContent()).toBe(
      '✓ This order explains every answer.',
    );
  });
});

describe('metrics', () => {
  it('stand point under point with the diagram, with the same faults behind', async () => {
    const { page } = await browser.open(reports.write('metrics', [own('seven-nodes')]), {
      hash: '#v=metrics',
    });
    await ask(page, 'set({ from: 500000, to: 1700000 })');
    await drawn(page);
    const { faults } = await ask<{ faults: { startUs: number; endUs: number }[] }>(page, 'facts()');
    for (const us of [faults[0]!.startUs, faults[0]!.endUs, 1_500_000]) {
      const above = await ask<number>(page, `xOfTime(${us})`);
      const charts = await ask<number[]>(page, `chartPositions(${us})`);
      expect(charts.length).toBeGreaterThanOrEqual(4);
      for (const x of charts) expect(Math.abs(x - above)).toBeLessThanOrEqual(2);
    }
  });
});

describe('replicated logs', () => {
  it('are side by side, with the index at which nodes differ named', async () => {
    const { page } = await browser.open(reports.write('logs', ['figure8-bug']), {
      hash: '#v=state',
    });
    const events = (await ask<{ events: number }>(page, 'facts()')).events;
    let conflict = 0;
    for (let event = 80; event < events && conflict === 0; event += 5) {
      await page.locator('#slider').fill(String(event));
      await drawn(page);
      conflict = await page.getByTestId('conflict').count();
    }
    expect(conflict).toBe(1);
    expect(await page.locator('td.conflict').count()).toBeGreaterThan(1);
  });
});

describe('two runs side by side', () => {
  it('are centred on the first event that differs', async () => {
    const file = reports.write('pair', ['leader-read-local', 'leader-read-quorum']);
    const { page, errors } = await browser.open(file);
    expect((await ask<{ tab: string }>(page, 'state()')).tab).toBe('compare');
    expect(await page.locator('#panel-compare h3').textContent()).toMatch(
      /^The runs part at event \d+$/,
    );
    expect(await page.locator('tr.first').count()).toBeGreaterThan(0);
    const shared = await page.locator('table.compare tr.same').count();
    expect(shared).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });

  it('that are equal are called identical', async () => {
    const { page } = await browser.open(reports.write('same', ['vote-once', 'vote-once']));
    expect(await page.locator('#panel-compare').textContent()).toContain(
      'The two runs are identical',
    );
  });
});

describe('a campaign', () => {
  it('lists its failures, opens the run of each, and counts outside every filter', async () => {
    const fuzz = reports.cli([
      'fuzz',
      'noop-missing',
      'leader-read-local',
      '--seeds',
      '1..4',
      '--workers',
      '1',
      '--json',
    ]);
    const file = reports.workshop.write('fuzz.json', fuzz.stdout);
    const { page, errors } = await browser.open(
      reports.write('campaign', [reports.workshop.path(file)]),
    );
    const data = JSON.parse(readFileSync(reports.workshop.path(file), 'utf8')) as {
      seeds: number;
      failed: number;
      buckets: unknown[];
    };
    expect(await page.getByTestId('totals').textContent()).toContain(`${data.seeds} runs:`);
    expect(await page.locator('table.buckets tbody tr').count()).toBe(data.buckets.length);
    expect(errors).toEqual([]);
  });
});

describe('a history of transactions', () => {
  it('is drawn as the cycle of its anomaly, each edge with its reason', async () => {
    const skew = [
      {
        process: 0,
        type: 'invoke',
        f: 'txn',
        value: [
          ['r', 'x', null],
          ['w', 'y', 1],
        ],
        time: 1,
      },
      {
        process: 1,
        type: 'invoke',
        f: 'txn',
        value: [
          ['r', 'y', null],
          ['w', 'x', 2],
        ],
        time: 2,
      },
      {
        process: 0,
        type: 'ok',
        f: 'txn',
        value: [
          ['r', 'x', null],
          ['w', 'y', 1],
        ],
        time: 3,
      },
      {
        process: 1,
        type: 'ok',
        f: 'txn',
        value: [
          ['r', 'y', null],
          ['w', 'x', 2],
        ],
        time: 4,
      },
    ];
    const file = reports.workshop.write(
      'skew.jsonl',
      skew.map((line) => JSON.stringify(line)).join('\n'),
    );
    const { page, errors } = await browser.open(
      reports.write('skew', [reports.workshop.path(file)]),
      { hash: '#v=transactions' },
    );
    expect(await page.getByTestId('cycle').textContent()).toContain('Write skew');
    expect(await page.locator('svg.cycle path.edge.rw').count()).toBe(2);
    expect(errors).toEqual([]);
  });
});

describe('a run that does not repeat', () => {
  it('is called non-deterministic, with exit 3', async () => {
    reports.cli(['run', 'vote-once']);
    const folder = readFileSync(reports.workshop.path('.splitbrain/runs/last'), 'utf8').trim();
    const record = reports.workshop.path(folder, 'run.json');
    const json = JSON.parse(readFileSync(record, 'utf8')) as Record<string, unknown>;
    reports.workshop.write(
      `${folder}/run.json`,
      JSON.stringify({ ...json, hash: '0123456789abcdef' }),
    );
    const { page } = await browser.open(reports.write('leaky', ['last'], 3));
    expect(await page.getByTestId('badge').textContent()).toBe('! non-deterministic');
    expect(await page.getByTestId('cli-text').textContent()).toContain(
      'recorded trace 0123456789abcdef',
    );
  });
});

describe('the schedule', () => {
  it('stands ready to paste, with what each fault did', async () => {
    const { page } = await browser.open(reports.write('schedule', [own('vacuous')]), {
      hash: '#v=schedule',
    });
    expect(await page.getByTestId('schedule-text').textContent()).toContain('kind: isolate');
    expect(await page.locator('table.faults tr.idle').textContent()).toContain('never bit');
  });
});
