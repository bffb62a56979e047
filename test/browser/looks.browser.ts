import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';

import { Browser, type PageOptions } from './browser.ts';
import { compareLooks } from './compare-looks.ts';
import { own, Reports } from './reports.ts';

/** Pictures that somebody has looked at. `UPDATE_LOOKS=1 npm run test:browser` takes them anew. */
const LOOKS = fileURLToPath(new URL('looks/', import.meta.url));

const browser = new Browser();
const reports = new Reports();
afterAll(async () => {
  await browser.close();
  reports.close();
});

const CASES: readonly (readonly [name: string, words: readonly string[], options?: PageOptions])[] =
  [
    ['three-nodes', [own('three-nodes')]],
    ['seven-nodes', [own('seven-nodes')]],
    ['showcase-dark', ['showcase'], { dark: true }],
    ['lock', ['redlock/kleppmann-gc-pause']],
    ['two-phase-commit', ['2pc-coordinator-crash-in-window']],
    ['empty', [own('empty')]],
    ['inconclusive', [own('inconclusive')]],
    ['vacuous', [own('vacuous')]],
  ];

describe('the page looks as it did when somebody looked at it:', () => {
  for (const [name, words, options = {}] of CASES)
    it(name, async () => {
      const { page, errors } = await browser.open(reports.write(name, words), options);
      expect(errors).toEqual([]);
      await check(name, await pictureOf(page));
    });

  it('non-deterministic', async () => {
    reports.cli(['run', 'vote-once']);
    const folder = readFileSync(reports.workshop.path('.splitbrain/runs/last'), 'utf8').trim();
    const json = JSON.parse(
      readFileSync(reports.workshop.path(folder, 'run.json'), 'utf8'),
    ) as Record<string, unknown>;
    reports.workshop.write(
      `${folder}/run.json`,
      JSON.stringify({ ...json, hash: '0123456789abcdef' }),
    );
    const { page } = await browser.open(reports.write('non-deterministic', ['last'], 3));
    await check('non-deterministic', await pictureOf(page));
  });
});

/** A picture in which files have no folders: those are another machine's elsewhere. */
async function pictureOf(page: Page): Promise<Buffer> {
  await page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode())
      text.nodeValue = (text.nodeValue ?? '').replace(/(^|\s)\/\S*\//g, '$1');
  });
  return page.screenshot();
}

async function check(name: string, taken: Buffer): Promise<void> {
  const file = join(LOOKS, `${name}.png`);
  if (process.env['UPDATE_LOOKS'] !== undefined || !existsSync(file)) {
    mkdirSync(LOOKS, { recursive: true });
    writeFileSync(file, taken);
    if (process.env['UPDATE_LOOKS'] === undefined)
      throw new Error(`there was no picture ${file}: look at the one taken now, and keep it`);
    return;
  }
  const { page } = await browser.open(fileURLToPath(new URL('blank.html', import.meta.url)), {});
  const { mean, farShare } = await compareLooks(page, readFileSync(file), taken);
  // Fonts differ between machines: cells of the picture may, its whole may not.
  expect(mean, 'mean difference of brightness, 0..255').toBeLessThan(9);
  expect(farShare, 'share of cells that differ much').toBeLessThan(0.05);
}
