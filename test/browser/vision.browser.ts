import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Browser } from './browser.ts';
import { Reports } from './reports.ts';

const DEFICIENCIES = ['none', 'achromatopsia', 'protanopia', 'deuteranopia', 'tritanopia'] as const;

const browser = new Browser();
const reports = new Reports();
let page: Page;
let session: CDPSession;
beforeAll(async () => {
  ({ page } = await browser.open(reports.write('roles', ['default-faults'])));
  session = await page.context().newCDPSession(page);
});
afterAll(async () => {
  await browser.close();
  reports.close();
});

/** What a part of the screen looks like: brightness 0..255, pixel by pixel, after what the eye makes of it. */
async function seen(png: Buffer): Promise<number[]> {
  return page.evaluate(
    async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      return Array.from(
        { length: data.length / 4 },
        (_, at) => (data[at * 4]! + data[at * 4 + 1]! + data[at * 4 + 2]!) / 3,
      );
    },
    `data:image/png;base64,${png.toString('base64')}`,
  );
}

/** Without its mean: what is left of a swatch when only its pattern counts. */
function patternOf(pixels: readonly number[]): number[] {
  const mean = pixels.reduce((sum, one) => sum + one, 0) / pixels.length;
  return pixels.map((one) => one - mean);
}

function apart(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, one, at) => sum + Math.abs(one - b[at]!), 0) / a.length;
}

describe('roles are told apart', () => {
  for (const type of DEFICIENCIES)
    it(`by brightness or pattern with ${type === 'none' ? 'all colours' : type}`, async () => {
      await session.send('Emulation.setEmulatedVisionDeficiency', { type });
      const swatches: [string, number[]][] = [];
      for (const item of await page.locator('#legend .legend-item').all()) {
        const words = (await item.textContent())!;
        if (!/leader|candidate|follower|down/.test(words)) continue;
        swatches.push([words, await seen(await item.locator('canvas').screenshot())]);
      }
      expect(swatches.map(([words]) => words)).toHaveLength(4);
      for (const [at, [first, a]] of swatches.entries())
        for (const [second, b] of swatches.slice(at + 1))
          expect(apart(a, b), `${first} and ${second}`).toBeGreaterThan(12);
    });

  it('by pattern alone, where two would be equally bright', async () => {
    await session.send('Emulation.setEmulatedVisionDeficiency', { type: 'achromatopsia' });
    const patterns = new Map<string, number[]>();
    for (const word of ['candidate', 'down', 'follower']) {
      const item = page.locator('#legend .legend-item', { hasText: word });
      patterns.set(word, patternOf(await seen(await item.locator('canvas').screenshot())));
    }
    const [candidate, down, follower] = [...patterns.values()] as [number[], number[], number[]];
    expect(apart(candidate, down)).toBeGreaterThan(4);
    expect(apart(candidate, follower)).toBeGreaterThan(4);
    expect(apart(down, follower)).toBeGreaterThan(4);
  });
});
