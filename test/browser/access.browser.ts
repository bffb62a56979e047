import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ask, Browser, drawn } from './browser.ts';
import { Reports } from './reports.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TABS = ['events', 'operations', 'state', 'metrics', 'schedule'] as const;

const browser = new Browser();
const reports = new Reports();
let file = '';
beforeAll(() => {
  file = reports.write('showcase', ['showcase']);
});
afterAll(async () => {
  await browser.close();
  reports.close();
});

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

describe('people who need it otherwise', () => {
  for (const dark of [false, true])
    it(`meet no serious obstacle that axe knows, in any view, ${dark ? 'dark' : 'light'}`, async () => {
      const { page } = await browser.open(file, { dark });
      await page.evaluate(AXE);
      for (const tab of TABS) {
        await ask(page, `set({ tab: '${tab}' })`);
        await drawn(page);
        const { violations } = await page.evaluate<AxeResult>(
          'axe.run(document, { resultTypes: ["violations"] })',
        );
        const serious = violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(
            ({ id, nodes }) =>
              `${tab}: ${id}: ${nodes[0]!.html.slice(0, 120)} ${nodes[0]!.failureSummary}`,
          );
        expect(serious).toEqual([]);
      }
    });

  it('walk from the violation to its cause with the keyboard alone', async () => {
    const { page } = await browser.open(file, { hash: '#e=1' });
    await page.keyboard.press('n');
    const rows: number[] = [];
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press('c');
      await drawn(page);
      rows.push((await ask<{ cursor: number }>(page, 'state()')).cursor);
    }
    expect(rows).toEqual([...rows].sort((a, b) => b - a));
    expect(await page.locator('#live').textContent()).toMatch(/^event \d+ of 887, /);
    await page.keyboard.press('?');
    expect(await page.locator('dialog#help').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog#help').isVisible()).toBe(false);
  });

  it('find everything that the canvas shows in the table of events', async () => {
    const { page } = await browser.open(file);
    const table = page.locator('table.events');
    const { rows } = await ask<{ rows: number }>(page, 'facts()');
    expect(await table.getAttribute('aria-rowcount')).toBe(String(rows + 1));
    expect(await table.locator('tbody tr').count()).toBeLessThan(80);
    const current = table.locator('tr[aria-current="true"]');
    expect(await current.textContent()).toContain('c2 learns: read x ok -> 1');
  });

  it('get an animation, and none when they asked for less motion', async () => {
    for (const reducedMotion of [false, true]) {
      const { page } = await browser.open(file, { hash: '#e=1', reducedMotion, clock: true });
      const before = await ask<{ cursor: number }>(page, 'state()');
      await page.locator('#play').click();
      await page.clock.runFor(2_000);
      const after = await ask<{ cursor: number }>(page, 'state()');
      expect(after.cursor !== before.cursor).toBe(!reducedMotion);
    }
  });

  it('see a picture in forced colours', async () => {
    const { page, errors } = await browser.open(file, { forcedColors: true });
    expect(await page.locator('#story-text').isVisible()).toBe(true);
    expect(errors).toEqual([]);
  });

  it('can use it at 200 % zoom', async () => {
    const { page } = await browser.open(file, { width: 640, height: 400 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
