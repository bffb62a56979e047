import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { compileHashWorld } from '../support/compiled-sim.ts';
import { runHashWorld } from '../support/hash-world.ts';

const SEEDS = ['1', '9007199254740993', 'a seed in words'];

let folder = '';
beforeAll(() => {
  folder = compileHashWorld();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program for plain Node that runs the seeds and gives their hashes to `give`. */
function program(give: string): string {
  const module = pathToFileURL(join(folder, 'test/sim/support/hash-world.js')).href;
  return (
    `const { runHashWorld } = await import(${JSON.stringify(module)});` +
    `const hashes = ${JSON.stringify(SEEDS)}.map((seed) => runHashWorld(seed).hash);` +
    give
  );
}

function hashesInWorker(): Promise<string[]> {
  const code = program("(await import('node:worker_threads')).parentPort.postMessage(hashes);");
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
      execArgv: [],
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

describe('the same seed has the same hash', () => {
  const hashes = SEEDS.map((seed) => runHashWorld(seed).hash);

  it('and another seed another, over thousands of events of everything the simulator does', () => {
    expect(new Set(hashes).size).toBe(SEEDS.length);
    expect(runHashWorld('1').events).toBeGreaterThan(3_000);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/);
  });

  it('twice in one process with another seed between', () => {
    for (const [index, seed] of SEEDS.entries()) {
      runHashWorld('between');
      expect(runHashWorld(seed).hash).toBe(hashes[index]);
    }
  });

  it('whether the trace is kept or not', () => {
    for (const trace of ['off', 'events', 'full'] as const)
      expect(runHashWorld('1', { trace }).hash).toBe(hashes[0]);
  });

  it('with and without the guard', () => {
    expect(runHashWorld('1', { guard: false }).hash).toBe(hashes[0]);
  });

  it('with shuffled ties too, and another one than without', () => {
    const shuffled = runHashWorld('1', { ties: 'shuffled' }).hash;
    expect(runHashWorld('1', { ties: 'shuffled' }).hash).toBe(shuffled);
    expect(shuffled).not.toBe(hashes[0]);
  });

  it('in a fresh process', () => {
    const output = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', program('console.log(JSON.stringify(hashes));')],
      { encoding: 'utf8', env: {} },
    );
    expect(JSON.parse(output)).toEqual(hashes);
  });

  it('in several worker threads at once', async () => {
    const all = await Promise.all([hashesInWorker(), hashesInWorker()]);
    expect(all).toEqual([hashes, hashes]);
  });
});
