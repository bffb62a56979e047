// Measures the report at 100,000 and 1,000,000 events: the time to write it, the size of the file, and in Chromium the
// time to the first picture, of a frame while it is moved, and of a cone. `npm run figures:report [-- EVENTS...]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

const BIN = fileURLToPath(new URL('../../bin/splitbrain.js', import.meta.url));
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const FRAMES = 60;
const WHOLE_FRAMES = 20;
const MANY_MS = 300_000;

/** Five Raft servers, four clients, drawn faults; about 600 events a virtual second. */
const scenario = (events) => `name: figures-${events}
title: A long run
protocol: raft
topology: { servers: 5, clients: 4 }
network: { latency: [1ms, 8ms], loss: 1% }
duration: ${Math.ceil(events / 500)}s
liveness: 5s
maxEvents: ${events}
workload: { mix: { read: 2, write: 1 }, keys: 8, think: [20ms, 60ms] }
nemesis: default
`;

const folder = mkdtempSync(join(tmpdir(), 'splitbrain-figures-'));
try {
  const wanted = process.argv.slice(2).map(Number);
  for (const events of wanted.length > 0 ? wanted : [100_000, 1_000_000]) await measure(events);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(events) {
  const yaml = join(folder, `${events}.yaml`);
  const html = join(folder, `${events}.html`);
  writeFileSync(yaml, scenario(events));
  const started = performance.now();
  const made = spawnSync(process.execPath, [BIN, 'report', yaml, '-o', html], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const writeMs = performance.now() - started;
  const context = await chromium.launchPersistentContext(join(folder, `profile-${events}`), {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: FLAGS,
    viewport: { width: 1280, height: 800 },
  });
  const page = await context.newPage();
  const opened = performance.now();
  await page.goto(pathToFileURL(html).href);
  await page.waitForFunction(() => '__r' in window, null, { timeout: MANY_MS });
  const paintMs = performance.now() - opened;
  const inPage = await page.evaluate(
    `(async () => {
      const facts = window.__r.facts();
      window.__r.set({ from: 0, to: 1e15 });
      const whole = await window.__r.timings(${WHOLE_FRAMES});
      window.__r.set({ from: 2e7, to: 2.2e7 });
      const near = await window.__r.timings(${FRAMES});
      return { facts, whole, near, heap: performance.memory?.usedJSHeapSize ?? 0 };
    })()`,
  );
  await context.close();
  const { facts, whole, near } = inPage;
  const at = (list, part) =>
    list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))];
  const spread = (list) =>
    `median ${at(list, 0.5).toFixed(1)} ms, p95 ${at(list, 0.95).toFixed(1)} ms, worst ${at(list, 1).toFixed(1)} ms`;
  console.log(`${facts.events} events, ${facts.rows} rows
  written in        ${(writeMs / 1000).toFixed(1)} s (run, twice for its hash, judged, packed)
  file              ${(statSync(html).size / 1e6).toFixed(2)} MB
  first picture     ${paintMs.toFixed(0)} ms after navigation, as seen from outside
  pan frame         ${spread(near.frameMs)} (${FRAMES} frames, 2 s of the run in view)
    to being shown  ${spread(near.shownMs)}
  whole run frame   ${spread(whole.frameMs)} (${WHOLE_FRAMES} frames)
    to being shown  ${spread(whole.shownMs)}
  cone              ${near.coneMs.toFixed(1)} ms
  heap              ${(inPage.heap / 1e6).toFixed(0)} MB`);
}
