import { writeFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ask, Browser, drawn } from './browser.ts';
import { own, Reports, textOf } from './reports.ts';

const browser = new Browser();
const reports = new Reports();
let showcase = '';

beforeAll(() => {
  showcase = reports.write('showcase', ['showcase']);
});
afterAll(async () => {
  await browser.close();
  reports.close();
});

describe('a report opened by double click', () => {
  it('asks for nothing but itself and complains about nothing', async () => {
    const { errors, requests } = await browser.open(showcase);
    expect(errors).toEqual([]);
    expect(requests).toEqual([]);
  });

  it('opens as well when its run takes long to unpack', async () => {
    const { page, errors } = await browser.open(showcase, {
      init: () => {
        // Asked for by whoever calls the method, with its own `this`.
        // eslint-disable-next-line @typescript-eslint/unbound-method
        const original = Response.prototype.arrayBuffer;
        Response.prototype.arrayBuffer = async function () {
          for (let frame = 0; frame < 30; frame++)
            await new Promise((resolve) => requestAnimationFrame(resolve));
          return original.call(this);
        };
      },
    });
    expect(errors).toEqual([]);
    expect((await ask<{ events: number }>(page, 'facts()')).events).toBeGreaterThan(0);
  });

  it('says what the command line says, byte for byte, the reproduction line included', async () => {
    for (const words of [['showcase'], [own('vacuous')], [own('inconclusive')]]) {
      const said = reports.cli(['run', ...words, '--no-files']).stdout.split('\n');
      // The summary line counts runs; the report is about one.
      const text = said
        .slice(
          0,
          said.findLastIndex((line) => / passed, /.test(line)),
        )
        .join('\n');
      const { page } = await browser.open(reports.write('said', words));
      expect(await page.getByTestId('cli-text').textContent()).toBe(text);
    }
  });

  it('shows the violation on the first screen without scrolling', async () => {
    const { page } = await browser.open(showcase);
    const story = (await page.locator('#story-text').boundingBox())!;
    const canvas = (await page.locator('#space-time').boundingBox())!;
    expect(story.y + story.height).toBeLessThan(800);
    const { violationRow } = await ask<{ violationRow: number }>(page, 'facts()');
    expect((await ask<{ cursor: number }>(page, 'state()')).cursor).toBe(violationRow);
    const lanes = await ask<{ lanes: { top: number; height: number }[] }>(page, 'geometry()');
    const clients = lanes.lanes.slice(0, 2).map(({ top, height }) => canvas.y + top + height);
    expect(Math.max(...clients)).toBeLessThan(800);
  });

  it('has the same bytes when the same run is reported again', () => {
    expect(textOf(reports.write('again', ['showcase']))).toBe(textOf(showcase));
  });

  it('is restored by its own link', async () => {
    const { page } = await browser.open(showcase, { clock: true });
    await page.keyboard.press('2');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('+');
    await page.clock.runFor(1_000);
    const hash = await page.evaluate(() => location.hash);
    const before = await ask<Record<string, unknown>>(page, 'state()');
    const again = await browser.open(showcase, { hash });
    const after = await ask<Record<string, unknown>>(again.page, 'state()');
    for (const field of ['cursor', 'operation', 'tab', 'axis', 'run'])
      expect(after[field], field).toEqual(before[field]);
    expect(Math.abs((after['from'] as number) - (before['from'] as number))).toBeLessThan(2);
  });

  it('draws on every canvas, also on a dense screen', async () => {
    for (const scale of [1, 2]) {
      const { page } = await browser.open(showcase, { scale });
      for (const id of ['space-time', 'overview'])
        expect(await inkShare(page, id), `${id} at ${scale}`).toBeGreaterThan(0.02);
    }
  });
});

/** How much of a canvas is not its background. */
async function inkShare(
  page: Awaited<ReturnType<Browser['open']>>['page'],
  id: string,
): Promise<number> {
  return page.evaluate((name) => {
    const canvas = document.getElementById(name) as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint32Array(data.buffer);
    const counts = new Map<number, number>();
    for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    return 1 - Math.max(...counts.values()) / pixels.length;
  }, id);
}

describe('a report in unfriendly surroundings', () => {
  it('unpacks itself where the browser has no DecompressionStream', async () => {
    const { page, errors } = await browser.open(showcase, {
      init: () => {
        Reflect.deleteProperty(globalThis, 'DecompressionStream');
      },
    });
    expect(await page.evaluate(() => typeof DecompressionStream)).toBe('undefined');
    expect((await ask<{ events: number }>(page, 'facts()')).events).toBe(887);
    expect(errors).toEqual([]);
  });

  it('that is cut off says so instead of staying blank', async () => {
    const whole = textOf(showcase);
    const data = /id="data">([^<]*)</.exec(whole)![1]!;
    const file = reports.workshop.path('cut.html');
    writeFileSync(file, whole.replace(data, data.slice(0, data.length / 2)));
    for (const init of [
      undefined,
      () => Reflect.deleteProperty(globalThis, 'DecompressionStream'),
    ]) {
      const { page } = await browser.open(file, init === undefined ? {} : { init: init });
      expect(await page.getByTestId('failure').textContent()).toMatch(/cut off|damaged/);
    }
  });
});

describe('payloads from an enemy', () => {
  it('show as text and run nothing', async () => {
    const file = reports.write('hostile', [own('hostile')]);
    expect(textOf(file)).not.toContain('window.broken');
    const { page, errors } = await browser.open(file);
    await page.fill('#filter', 'script');
    await drawn(page);
    expect(await page.locator('table.events tbody').textContent()).toContain(
      '</script><script>window.broken',
    );
    await page.fill('#filter', 'NUL');
    await drawn(page);
    const table = await page.locator('table.events tbody').textContent();
    // What turns text around or cannot be seen is written as what it is.
    expect(table).toContain('\\u202e');
    expect(table).not.toContain('\u202e');
    expect(table).not.toContain('\0');
    expect(await page.evaluate('window.broken')).toBeUndefined();
    expect(await page.title()).toBe('hostile, seed 1 - splitbrain');
    expect(errors).toEqual([]);
  });

  it('of a megabyte are cut for the eye, with a button for the rest', async () => {
    const text = textOf(own('hostile')).replace(
      "'</script><script>window.broken = true</script>'",
      `"${'mega'.repeat(262_144)}"`,
    );
    const file = reports.write('mega', [reports.workshop.write('mega.yaml', text)]);
    expect(textOf(file).length).toBeLessThan(1_000_000);
    const { page, errors } = await browser.open(file);
    await page.evaluate('window.__r.set({ tab: "events", filter: "kind:invoke" })');
    await page.locator('table.events tbody tr').first().click();
    expect(await page.getByTestId('payload').textContent()).toMatch(/show all 10\d{5} characters/);
    await page.getByTestId('payload').getByRole('button').click();
    expect((await page.getByTestId('payload').textContent())!.length).toBeGreaterThan(1_048_576);
    expect(errors).toEqual([]);
  });
});
