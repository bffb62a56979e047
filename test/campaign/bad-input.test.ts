import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BIN, Workshop } from '../e2e/cli.ts';

const RAFT = `
title: a test
protocol: raft
topology: { servers: 3, clients: 2 }
duration: 300ms
liveness: 3s
workload: { mix: { read: 1, write: 1 }, think: [1ms, 9ms] }
`;
const SILENT = RAFT.replace(/workload.*\n/, '').replace('clients: 2', 'clients: 0');

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
  shop.write('sound.yaml', `name: sound${RAFT}`);
  shop.write('silent.yaml', `name: silent${SILENT}`);
  shop.write('endless.yaml', `name: endless${RAFT}maxEvents: 40\n`);
  shop.write('needs.yaml', `name: needs${RAFT}require: { okDuringFaults: [read] }\n`);
});
afterAll(() => {
  shop.remove();
});

const fuzz = (file: string, ...args: readonly string[]) =>
  shop.cli(['fuzz', file, '-j', '0', '--seeds', '3', '--no-state', ...args]);

describe('a campaign that proves nothing', () => {
  it('because a protocol never goes idle names the limit, the seed and the way out', () => {
    const { code, stdout } = fuzz('endless.yaml');
    expect(code).toBe(2);
    expect(stdout).toContain(
      '3 of 3 runs ended without a verdict. endless seed 1, liveness: the run',
    );
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain('Either some node never goes idle');
    expect(text).toContain('or maxEvents is too small for this scenario: raise it.');
    expect(stdout.trimEnd()).toMatch(/0 passed, 0 failed, 3 inconclusive$/);
  });

  it('because no operation is ever asked for says what to add', () => {
    const { code, stdout } = fuzz('silent.yaml');
    expect(code).toBe(2);
    expect(stdout).toContain('never put to the test');
    const run = shop.cli(['run', 'silent.yaml', '--no-files']);
    expect(run.code).toBe(2);
    expect(run.stdout).toContain('Add topology.clients and a workload or a script.');
  });

  it('because what it requires during faults never happened: nothing was broken', () => {
    const { code, stdout } = fuzz('needs.yaml');
    expect(code).toBe(2);
    expect(stdout).toContain('needs/coverage was never put to the test');
  });
});

describe('a full disk', () => {
  it('under the stream of events costs the stream, not the campaign', () => {
    const { code, stdout, stderr } = fuzz('sound.yaml', '--jsonl', '/dev/full');
    expect(code).toBe(70);
    expect(stderr).toContain('error: cannot write /dev/full: ENOSPC');
    expect(stderr).not.toContain('a bug in splitbrain');
    expect(stdout.trimEnd()).toMatch(/3 passed, 0 failed, 0 inconclusive$/);
  });

  it('under the JUnit file is named after the results were told', () => {
    const { code, stdout, stderr } = fuzz('sound.yaml', '--junit', '/dev/full');
    expect(code).toBe(70);
    expect(stderr).toContain('error: cannot write /dev/full: ENOSPC');
    expect(stdout.trimEnd()).toMatch(/3 passed, 0 failed, 0 inconclusive$/);
  });

  it('under the state file stops the campaign, tells what is known, and resumes when there is room', (context) => {
    const folder = shop.path('tiny');
    mkdirSync(folder);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
    if (mount.status !== 0) context.skip('needs the right to mount a small tmpfs');
    try {
      writeFileSync(`${folder}/filler`, Buffer.alloc(58_000));
      const args = [
        'fuzz',
        'sound.yaml',
        '-j',
        '0',
        '--seeds',
        '60',
        '--state',
        'tiny/state.jsonl',
      ];
      const full = shop.cli(args);
      expect(full.code).toBe(70);
      expect(full.stdout).toMatch(
        /Stopped after \d+ of 60 seeds: the state file cannot be written \(ENOSPC/,
      );
      expect(full.stdout.trimEnd()).toMatch(/\d+ passed, 0 failed, 0 inconclusive$/);
      writeFileSync(`${folder}/filler`, '');
      const resumed = shop.cli([...args, '--resume', '--json']);
      expect(resumed.code).toBe(0);
      expect(JSON.parse(resumed.stdout)).toMatchObject({ seeds: 60, passed: 60 });
    } finally {
      spawnSync('umount', [folder]);
    }
  });
});

describe('files of another kind', () => {
  it('a corpus entry of another version is named, with what to do', () => {
    mkdirSync(shop.path('corpus'), { recursive: true });
    shop.write('corpus/old.yaml', `name: old${RAFT}`);
    shop.write('corpus/old.expect.json', '{"format": "splitbrain-corpus/0", "seed": "1"}');
    const { code, stderr } = shop.cli(['corpus', 'verify']);
    expect(code).toBe(64);
    expect(stderr).toContain(
      'old.expect.json: written in format "splitbrain-corpus/0", this version reads splitbrain-corpus/1: add the scenario again',
    );
  });

  it('shards that ran some of the same seeds are not added up', () => {
    const shard = (name: string, seeds: string, index: string): string => {
      const args = ['--seeds', seeds, '--shard', index, '--json'];
      return shop.write(
        name,
        shop.cli(['fuzz', 'sound.yaml', '-j', '0', '--no-state', ...args]).stdout,
      );
    };
    const files = [shard('a.json', '1..6', '1/2'), shard('b.json', '1..4', '2/2')];
    const { code, stderr } = shop.cli(['merge', ...files]);
    expect(code).toBe(64);
    expect(stderr).toContain('b.json and a.json overlap: shard 2/2, seeds 3..4, is in both');
  });
});

describe('a campaign killed at any moment', () => {
  it('resumes from whatever its state file says, to the very sum of one that was not', async () => {
    const args = ['fuzz', 'sound.yaml', '-j', '1', '--seeds', '90', '--no-shrink', '--json'];
    const state = ['--state', 'killed/state.jsonl'];
    const whole = JSON.parse(shop.cli([...args, '--no-state']).stdout) as { tally: unknown };
    let done = 0;
    // Each time it may come a little further: before the first line, between lines, while one is written.
    for (const afterMs of [150, 500, 700, 900, 1_100]) {
      const resume = afterMs === 150 ? [] : ['--resume'];
      await killed([...args, ...state, ...resume], afterMs);
      const lines = seedsDone(shop.path('killed', 'state.jsonl'));
      expect(lines).toBeGreaterThanOrEqual(done);
      done = lines;
    }
    const last = shop.cli([...args, ...state, ...(done > 0 ? ['--resume'] : [])]);
    expect((JSON.parse(last.stdout) as { tally: unknown }).tally).toEqual(whole.tally);
  });

  function killed(args: readonly string[], afterMs: number): Promise<void> {
    const child = spawn(process.execPath, [BIN, ...args], { cwd: shop.folder, stdio: 'ignore' });
    setTimeout(() => child.kill('SIGKILL'), afterMs);
    return new Promise((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
  }

  function seedsDone(file: string): number {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return 0;
    }
    let done = 0;
    for (const line of text.split('\n').slice(1, -1)) {
      const { ranges } = JSON.parse(line) as { ranges: [number, number][] };
      for (const [from, to] of ranges) done += to - from;
    }
    return done;
  }
});

describe('run, interrupted', () => {
  it('ends at once, with the summary of what was done and the code of the signal', async () => {
    shop.write('long.yaml', `name: long${RAFT.replace('300ms', '20m')}maxEvents: 900000000\n`);
    const args = ['run', 'sound.yaml', 'long.yaml', '--no-files'];
    const child = spawn(process.execPath, [BIN, ...args], { cwd: shop.folder });
    let [stdout, stderr] = ['', ''];
    const first = new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        stdout += data.toString();
        resolve();
      });
    });
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    await first;
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted after 1 of 2 runs.');
    expect(stdout.trimEnd()).toMatch(/1 passed, 0 failed, 0 inconclusive$/);
  });
});
