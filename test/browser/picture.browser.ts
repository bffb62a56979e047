import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { causalPastOf } from '../page/causal-past.ts';
import { collected } from '../page/collected-run.ts';
import { ask, Browser, drawn } from './browser.ts';
import { own, Reports } from './reports.ts';

const browser = new Browser();
const reports = new Reports();
let showcase: Page;
let seven: Page;

interface Facts {
  readonly drops: number;
  readonly violationRow: number;
  readonly culprit: number;
  readonly faults: readonly {
    readonly id: string;
    readonly startUs: number;
    readonly endUs: number;
  }[];
}
interface Geometry {
  readonly left: number;
  readonly width: number;
  readonly lanes: readonly {
    readonly node: number;
    readonly top: number;
    readonly height: number;
    readonly barTop: number;
    readonly barHeight: number;
    readonly lineY: number;
  }[];
  readonly faults: readonly {
    readonly id: string;
    readonly extent: readonly [number, number] | null;
  }[];
  readonly crosses: number;
  readonly messages: number;
  readonly segments: readonly (readonly {
    readonly row: number;
    readonly role: string;
    readonly tone: string;
  }[])[];
  readonly episodes: readonly { readonly node: number; readonly kind: string }[];
}

beforeAll(async () => {
  showcase = (await browser.open(reports.write('showcase', ['showcase']))).page;
  seven = (await browser.open(reports.write('seven', [own('seven-nodes')]))).page;
});
afterAll(async () => {
  await browser.close();
  reports.close();
});

/** The colour at a point of the diagram, CSS pixels. */
async function colorAt(page: Page, x: number, y: number): Promise<string> {
  return page.evaluate(
    ([left, top]) => {
      const canvas = document.getElementById('space-time') as HTMLCanvasElement;
      const ratio = canvas.width / canvas.clientWidth;
      const { data } = canvas
        .getContext('2d')!
        .getImageData(Math.round(left! * ratio), Math.round(top! * ratio), 1, 1);
      return [...data].join(',');
    },
    [x, y],
  );
}

describe('fault bands', () => {
  it('stand exactly over the time of the fault, and tint the lanes by side', async () => {
    await ask(seven, 'set({ from: 500000, to: 1700000 })');
    const { faults } = await ask<Facts>(seven, 'facts()');
    const { faults: extents, lanes } = await ask<Geometry>(seven, 'geometry()');
    const split = faults.find(({ id }) => id === 'split')!;
    const [from, to] = extents.find(({ id }) => id === 'split')!.extent!;
    const start = await ask<number>(seven, `xOfTime(${split.startUs})`);
    const end = await ask<number>(seven, `xOfTime(${split.endUs})`);
    expect(Math.abs(from - start)).toBeLessThanOrEqual(1);
    expect(Math.abs(to - end)).toBeLessThanOrEqual(1);
    // Just under the top of a lane nothing else is drawn.
    const tint = async (node: number, x: number): Promise<string> =>
      colorAt(seven, x, lanes.find((lane) => lane.node === node)!.top + 2);
    const inside = [await tint(1, from + 4), await tint(4, from + 4)];
    expect(inside[0]).not.toBe(await tint(1, from - 4));
    expect(inside[1]).not.toBe(await tint(4, from - 4));
    expect(inside[0]).not.toBe(inside[1]);
  });

  it('show the crash, the pause and the wrong clock', async () => {
    const { episodes, lanes } = await ask<Geometry>(seven, 'geometry()');
    const seen = episodes.map(({ kind, node }) => `${kind} ${node}`);
    expect(new Set(seen)).toEqual(new Set(['down 4', 'paused 5']));
    const crash = await ask<number>(seven, 'xOfTime(1100000)');
    const lane = lanes.find(({ node }) => node === 4)!;
    const clear = await ask<number>(seven, 'xOfTime(1600000)');
    const ink = async (x: number): Promise<number> =>
      distinctColors(seven, x, lane.top + 2, 40, lane.height - 4);
    expect(await ink(crash)).toBeGreaterThan(1);
    expect(await ink(crash)).not.toBe(await ink(clear));
    await ask(seven, 'set({ from: 200000, to: 1300000 })');
    const clock = lanes.find(({ node }) => node === 6)!;
    const skewed = await ask<number>(seven, 'xOfTime(600000)');
    expect(
      await distinctColors(seven, skewed, clock.top + clock.height - 9, 30, 8),
    ).toBeGreaterThan(1);
  });
});

async function distinctColors(
  page: Page,
  x: number,
  y: number,
  w: number,
  h: number,
): Promise<number> {
  return page.evaluate(([left, top, width, height]) => {
    const canvas = document.getElementById('space-time') as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(left!, top!, width!, height!);
    return new Set(new Uint32Array(data.buffer)).size;
  }, [x, y, w, h].map(Math.round));
}

describe('messages', () => {
  it('that were lost all end in a cross, and no message is left out', async () => {
    const { data, result } = collected('raft/showcase');
    await ask(showcase, 'set({ from: 0, to: 4000000 })');
    const geometry = await ask<Geometry>(showcase, 'geometry()');
    const { drops } = await ask<Facts>(showcase, 'facts()');
    expect(drops).toBe(result.messages.lost);
    expect(geometry.crosses).toBe(drops);
    expect(geometry.messages).toBe(result.messages.sent);
    expect(data.rows.kind.length).toBeGreaterThan(0);
    expect(await showcase.getByTestId('shown').textContent()).toContain(
      `${result.messages.sent} messages, each drawn`,
    );
  });

  it('that are too many for arrows are bundled, and the page says so', async () => {
    const file = reports.write('many', ['default-faults', '--seed', '3']);
    const { page } = await browser.open(file);
    await ask(page, 'set({ from: 0, to: 30000000 })');
    expect(await page.getByTestId('shown').textContent()).toMatch(
      /messages drawn in bundles|each drawn/,
    );
  });
});

describe('swimlanes', () => {
  it('show each role by colour and by pattern', async () => {
    const { segments, lanes } = await ask<Geometry>(showcase, 'geometry()');
    const roles = new Set(segments.flat().map(({ role }) => role));
    for (const role of ['candidate', 'follower', 'leader']) expect(roles).toContain(role);
    const look = async (role: string): Promise<{ colors: number; main: string }> => {
      const node = segments.findIndex((list) => list.some((one) => one.role === role));
      const { row } = segments[node]!.find((one) => one.role === role)!;
      await ask(showcase, `moveTo(${row})`);
      const { cursor } = await ask<{ cursor: number }>(showcase, 'state()');
      expect(cursor).toBe(row);
      const us = await showcase.evaluate<number>(`window.__r.timeOf(${row})`);
      await ask(showcase, `set({ from: ${us - 20_000}, to: ${us + 4_000}, cursor: -1 })`);
      await ask(showcase, `set({ from: ${us}, to: ${us + 3_000} })`);
      const { left } = await ask<Geometry>(showcase, 'geometry()');
      const lane = lanes.find((one) => one.node === node)!;
      const colors = await distinctColors(
        showcase,
        left + 90,
        lane.barTop + 2,
        60,
        lane.barHeight - 4,
      );
      return { colors, main: await colorAt(showcase, left + 3, lane.barTop + 1) };
    };
    const [leader, candidate, follower] = [
      await look('leader'),
      await look('candidate'),
      await look('follower'),
    ];
    expect(new Set([leader.main, candidate.main, follower.main]).size).toBe(3);
    // Striped against plain: told apart without colour.
    expect(candidate.colors).toBeGreaterThan(leader.colors);
  });
});

describe('the violation', () => {
  it('outlines the culprit and numbers the order that the checker found', async () => {
    const page = (await browser.open(reports.write('culprit', ['showcase']))).page;
    expect((await ask<Facts>(page, 'facts()')).culprit).toBe(3);
    await page.keyboard.press('2');
    await drawn(page);
    expect(await page.locator('tr.culprit').textContent()).toContain('✗ #3c2read x');
    expect(await page.locator('tr.witness').count()).toBe(1);
    expect(await page.getByTestId('order').textContent()).toContain('#0 < #1 < #2');
    expect(await page.getByTestId('order').textContent()).toContain('stops just before #3');
  });

  it('is three keys away from the fault that caused it, and fewer', async () => {
    const { page } = await browser.open(reports.write('keys', ['showcase']), { hash: '#e=1' });
    await page.keyboard.press('n');
    await page.keyboard.press('f');
    await drawn(page);
    expect(await page.getByTestId('inspected').textContent()).toContain('fault begins: cut');
  });
});

describe('causes', () => {
  it('of a row are what Node computes from the run', async () => {
    const { open } = collected('raft/showcase');
    for (const row of [40, 700, 1200]) {
      const inPage = await ask<number[]>(showcase, `coneOf(${row})`);
      expect(inPage).toEqual([...causalPastOf(open.model, row)].sort((a, b) => a - b));
    }
  });

  it('of a click are shown in the inspector', async () => {
    await ask(showcase, 'set({ from: 550000, to: 800000, cursor: -1 })');
    const { lanes } = await ask<Geometry>(showcase, 'geometry()');
    const lane = lanes[0]!;
    const x = await showcase.evaluate<number>(
      'window.__r.xOfTime(window.__r.timeOf(window.__r.rowsOf("complete")[0]))',
    );
    const box = (await showcase.locator('#space-time').boundingBox())!;
    await showcase.mouse.click(box.x + x - 2, box.y + lane.barTop + 5);
    await drawn(showcase);
    expect(await showcase.getByTestId('inspected').textContent()).toContain(
      'c1 learns: write x 1 ok',
    );
    expect(await showcase.getByTestId('why').locator('li').count()).toBeGreaterThan(1);
  });
});

describe('the slider', () => {
  it('shows at every event the state that the run had there', async () => {
    const { open } = collected('raft/showcase');
    const { rows } = open.model.data;
    for (let step = 1; step <= 50; step += 1) {
      const event = Math.floor((open.model.data.head.events * step) / 51);
      await showcase.locator('#slider').fill(String(event));
      const { cursor } = await ask<{ cursor: number }>(showcase, 'state()');
      expect(rows.event[cursor]).toBe(event);
      const node = step % 5;
      expect(await ask(showcase, `fieldsAt(${node}, ${cursor})`)).toEqual(
        JSON.parse(JSON.stringify(open.states.at(node, cursor).fields)),
      );
    }
  });
});
