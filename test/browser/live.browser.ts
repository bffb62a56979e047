import { statSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';
import { ask, Browser, type OpenPage } from './browser.ts';
import { own, Reports, textOf } from './reports.ts';

const SEEDS = 200;
const browser = new Browser();
const reports = new Reports();
let live: OpenPage;
beforeAll(async () => {
  live = await browser.open(reports.write('live', [own('three-nodes'), '--live']));
});
afterAll(async () => {
  await browser.close();
  reports.close();
});

describe('a report that runs again', () => {
  it('opens without a request and without a complaint', () => {
    expect(live.errors).toEqual([]);
    expect(live.requests).toEqual([]);
  });

  it(`has in this browser the trace hash that Node has, for ${SEEDS} seeds`, async () => {
    const scenario = compileScenario(textOf(own('three-nodes')), 'three-nodes.yaml', PROTOCOLS);
    const seeds = Array.from({ length: SEEDS }, (_, index) => `seed-${index}`);
    const inPage = await live.page.evaluate<string[]>(
      `${JSON.stringify(seeds)}.map((seed) => window.__live.hash(seed))`,
    );
    expect(inPage).toEqual(seeds.map((seed) => runScenario(scenario, { seed }).hash));
    expect(new Set(inPage).size).toBe(SEEDS);
  });

  it('draws the run of another seed, and of a schedule without a fault', async () => {
    const { page } = live;
    const before = await ask<{ hash: string }>(page, 'facts()');
    await page.getByLabel('Seed').fill('77');
    await page.getByLabel('Seed').press('Enter');
    await page.waitForFunction(
      (hash) =>
        (window as unknown as { __r: { facts(): { hash: string } } }).__r.facts().hash !== hash,
      before.hash,
    );
    const other = await ask<{ hash: string; faults: unknown[] }>(page, 'facts()');
    expect(await page.getByTestId('live-status').textContent()).toContain(other.hash);
    await page.locator('input[data-fault="crash"]').uncheck();
    await page.locator('#live-run').click();
    await page.waitForFunction(
      (hash) =>
        (window as unknown as { __r: { facts(): { hash: string } } }).__r.facts().hash !== hash,
      other.hash,
    );
    const without = await ask<{ hash: string; faults: unknown[] }>(page, 'facts()');
    expect([other.faults.length, without.faults.length]).toEqual([1, 0]);
    expect(await page.getByTestId('cli-text').textContent()).toContain('three-nodes');
  });

  it('carries the simulator, every protocol and the scenario in less than 600 kB', () => {
    expect(statSync(reports.workshop.path('live.html')).size).toBeLessThan(600_000);
  });
});
