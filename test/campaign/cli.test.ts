import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { BIN, Workshop } from '../e2e/cli.ts';

const FUZZ_JSON = z.looseObject({
  seeds: z.number(),
  passed: z.number(),
  failed: z.number(),
  inconclusive: z.number(),
  buckets: z.array(
    z.looseObject({
      signature: z.string(),
      seed: z.string(),
      property: z.string(),
      count: z.number(),
      hash: z.string(),
      reproduce: z.string(),
    }),
  ),
  shrunk: z.array(z.looseObject({ file: z.string(), property: z.string(), minimal: z.boolean() })),
  tally: z.looseObject({ runs: z.number() }),
});

const BUGGY = `
name: buggy
title: voters that do not compare logs
protocol: raft
bug: no-up-to-date-check
topology: { servers: 3, clients: 3 }
duration: 1s
liveness: none
workload: { mix: { read: 3, write: 2 }, keys: 1, think: [1ms, 8ms] }
nemesis: { profile: default, gap: [100ms, 200ms], for: [150ms, 300ms] }
`;

/** Declares that two hold the lock at once, and fails on what it does not declare: that a belief outlasts the grant. */
const BOTH = `
name: both
title: a holder that goes on hoping
protocol: zookeeper
topology: { servers: [z1, z2, z3, store], clients: 2 }
config: { onSuspended: keep, holds: { c1: 14500ms }, resourceTimeout: 3s }
network: { latency: [1ms, 2ms], fifo: true }
duration: 30s
liveness: 15s
script:
  - { id: s1, at: 2020ms, client: c1, do: increment, key: x }
  - { id: s2, at: 2300ms, client: c2, do: increment, key: x }
faults:
  - { id: cut, when: { mark: acquired, node: c1 }, after: 500ms, kind: partition, groups: [[c1], [z1, z2, z3, c2]], for: 15s }
properties: { mutual-exclusion-belief: violated, mutual-exclusion-effect: violated, no-lost-update: violated }
`;

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
  shop.write('buggy.yaml', BUGGY);
  shop.write('both.yaml', BOTH);
  shop.write(
    'sound.yaml',
    BUGGY.replace('bug: no-up-to-date-check\n', '').replace('buggy', 'sound'),
  );
});
afterAll(() => {
  shop.remove();
});

const fuzz = (...args: readonly string[]) => shop.cli(['fuzz', ...args]);
const json = (text: string) => FUZZ_JSON.parse(JSON.parse(text));

describe('splitbrain fuzz', () => {
  it('gives one and the same result with 0, 1 and 2 workers', () => {
    const results = ['0', '1', '2'].map((workers) => {
      const { code, stdout } = fuzz(
        'buggy.yaml',
        '--seeds',
        '40',
        '-j',
        workers,
        '--json',
        '--no-state',
        '--no-shrink',
      );
      expect(code).toBe(1);
      return json(stdout);
    });
    expect(results[0]!.seeds).toBe(40);
    expect(results[0]!.failed).toBeGreaterThan(0);
    expect(results[1]!.tally).toEqual(results[0]!.tally);
    expect(results[2]!.tally).toEqual(results[0]!.tally);
  });

  it('prints a line that reproduces each failure from another directory, and a shrunk file that fails alike', () => {
    const { code, stdout } = fuzz('buggy.yaml', '--seeds', '30', '--json');
    expect(code).toBe(1);
    const { buckets, shrunk } = json(stdout);
    expect(buckets.length).toBeGreaterThan(0);
    mkdirSync(shop.path('elsewhere'), { recursive: true });
    for (const { reproduce, property } of buckets) {
      const line = reproduce.replace(/^npx splitbrain/, '$SPLITBRAIN');
      const again = shop.shell(`cd elsewhere && ${line}`);
      expect(again.code).toBe(1);
      expect(again.stdout).toContain(`› ${property}`);
      expect(again.stdout).toContain('verified');
    }
    expect(shrunk.length).toBe(Math.min(5, buckets.length));
    for (const { file, property, minimal } of shrunk) {
      expect(minimal).toBe(true);
      const again = shop.cli(['replay', file]);
      expect(again.code).toBe(1);
      expect(again.stdout).toContain(`› ${property}`);
    }
  });

  it('reproduces a drawn configuration too', () => {
    const { stdout } = fuzz('buggy.yaml', '--seeds', '30', '--swarm', '--json', '--no-shrink');
    const [bucket] = json(stdout).buckets;
    expect(bucket!.reproduce).toContain('--swarm');
    const text = fuzz('buggy.yaml', '--seeds', '30', '--swarm', '--no-shrink', '--no-state').stdout;
    expect(text).toMatch(
      /\n? {2}Configuration that seed \d+ drew \(.*\) {3}\.splitbrain\/resolved\/buggy-\d+\.yaml\n {4}topology: \{/,
    );
    const again = shop.shell(bucket!.reproduce.replace(/^npx splitbrain/, '$SPLITBRAIN'));
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('.splitbrain/resolved/buggy-');
  });

  it.each([[], ['--swarm']])(
    'leaves the failure of its most frequent bucket as last-failed %o',
    (...flags) => {
      shop.cli(['run', 'both.yaml']);
      const ran = fuzz('buggy.yaml', '--seeds', '30', '--no-shrink', '--json', ...flags);
      const [bucket] = json(ran.stdout).buckets;
      const again = shop.cli(['replay', 'last-failed', '--json']);
      expect(again.code).toBe(1);
      expect(JSON.parse(again.stdout)).toMatchObject({ runs: [{ hash: bucket!.hash }] });
      const { stdout } = shop.cli(['shrink', 'last-failed', '-o', 'small.yaml']);
      expect(stdout).toContain(`✗ buggy: ${bucket!.signature} `);
      expect(stdout).toContain(`seed ${bucket!.seed} `);
    },
  );

  it('leaves last-failed alone with --no-files, and when nothing failed', () => {
    const lastFailed = (): string =>
      readFileSync(shop.path('.splitbrain/runs/last-failed'), 'utf8');
    shop.cli(['run', 'both.yaml']);
    const before = lastFailed();
    const { stdout } = fuzz('buggy.yaml', '--seeds', '30', '--no-shrink', '--no-files');
    expect(stdout).not.toContain('last-failed');
    fuzz('sound.yaml', '--seeds', '5', '--no-state');
    expect(lastFailed()).toBe(before);
  });

  it('tells its results before it says that the files of a failure cannot be written', () => {
    shop.shell('mkdir -p full/.splitbrain; touch full/.splitbrain/runs');
    const { code, stdout, stderr } = shop.shell(
      'cd full; $SPLITBRAIN fuzz ../buggy.yaml --seeds 30 --no-shrink --no-state',
    );
    expect(stdout).toMatch(/\d+ passed, \d+ failed, 0 inconclusive\n$/);
    expect(stderr).toContain("cannot write the run's files to .splitbrain/runs/buggy/");
    expect(code).toBe(70);
  });

  it('ends with the count as its last line, and 0 when all is well', () => {
    const { code, stdout, stderr } = fuzz('sound.yaml', '--seeds', '10', '--no-state');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('10 passed, 0 failed, 0 inconclusive');
    expect(stderr).toBe('');
  });

  it('writes JUnit, a stream of events, GitHub annotations and the job summary', () => {
    const { code, stderr } = shop.cli(
      [
        'fuzz',
        'buggy.yaml',
        '--seeds',
        '20',
        '--no-shrink',
        '--junit',
        'out/junit.xml',
        '--jsonl',
        'events.jsonl',
      ],
      { env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: shop.path('summary.md'), CI: 'true' } },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^::error file=buggy\.yaml,title=[a-z-]+::.*%0A/m);
    expect(readFileSync(shop.path('summary.md'), 'utf8')).toContain(
      '| failure | scenario | runs |',
    );
    const xml = readFileSync(shop.path('out', 'junit.xml'), 'utf8');
    expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /);
    expect(xml).toContain('<testcase classname="buggy" name="linearizable">');
    expect(xml).toContain('Reproduce   npx splitbrain replay');
    const events = readFileSync(shop.path('events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events[0]).toBe('campaign.start');
    expect(events).toContain('failure.found');
    expect(events.at(-1)).toBe('campaign.end');
  });

  it.each([
    [['--seeds', '9..3'], 64, 'an empty range'],
    [['--seeds', '10', '--shard', '3/2'], 64, 'expected i/n with i from 1 to n'],
    [['--seeds', '2', '--shard', '1/4'], 64, 'too few for 4 shards'],
    [['--seeds', '@nothing.txt'], 64, 'cannot read nothing.txt'],
    [['--seeds', '5', '--resume', '--state', 'none.jsonl'], 64, '--resume: cannot read none.jsonl'],
    [['--time', 'soon'], 64, 'expected a real time with its unit'],
  ])('refuses %o with %i', (args, code, message) => {
    const result = fuzz('sound.yaml', ...args);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
  });

  it('keeps its results when the disk is full, and ends with 70', () => {
    const { code, stdout } = fuzz('sound.yaml', '--seeds', '10', '--state', '/dev/full');
    expect(code).toBe(70);
    expect(stdout).toContain('the state file cannot be written (ENOSPC');
  });

  it('loses at most the runs in flight when it is killed, and resumes to the same sum', async () => {
    const args = [
      'fuzz',
      'buggy.yaml',
      '--seeds',
      '120',
      '--no-shrink',
      '--json',
      '--state',
      'killed.jsonl',
    ];
    const child = spawn(process.execPath, [BIN, ...args], { cwd: shop.folder, stdio: 'ignore' });
    await stateHasGrown();
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    const resumed = shop.cli([...args, '--resume']);
    const whole = fuzz('buggy.yaml', '--seeds', '120', '--no-shrink', '--json', '--no-state');
    expect((JSON.parse(resumed.stdout) as { resumedSeeds: number }).resumedSeeds).toBeGreaterThan(
      0,
    );
    expect(json(resumed.stdout).tally).toEqual(json(whole.stdout).tally);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('on %s writes its summary and ends with %i', async (signal, code) => {
    const args = ['fuzz', 'sound.yaml', '--seeds', '1000000', '--state', 'killed.jsonl'];
    const child = spawn(process.execPath, [BIN, ...args], { cwd: shop.folder });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    await stateHasGrown();
    child.kill(signal);
    const ended = await new Promise((resolve) => child.once('close', resolve));
    expect(ended).toBe(code);
    expect(stdout).toMatch(/Interrupted after \d+ of 1000000 seeds; --resume goes on from here\./);
    expect(stdout.trimEnd()).toMatch(/\d+ passed, 0 failed, 0 inconclusive$/);
  });

  /** Waits until a campaign with this state has done something. */
  async function stateHasGrown(): Promise<void> {
    const lines = (): number =>
      readdirSync(shop.folder).includes('killed.jsonl')
        ? readFileSync(shop.path('killed.jsonl'), 'utf8').split('\n').length
        : 0;
    const before = lines();
    // The earlier test's file is replaced when the campaign begins.
    while (lines() < 4 || lines() === before)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

describe('a scenario that declares a violation and fails on another property', () => {
  const SIGNATURE = 'belief-within-grant';

  it('is shrunk to what it fails on, and the file declares only what its run shows', () => {
    expect(shop.cli(['run', 'both.yaml']).stdout).toContain(`both › ${SIGNATURE}`);
    for (const run of ['both.yaml', 'last-failed']) {
      const { code, stdout } = shop.cli(['shrink', run, '-o', 'small.yaml']);
      expect(code).toBe(1);
      expect(stdout).toMatch(new RegExp(`^✗ both: ${SIGNATURE} `));
    }
    const again = shop.cli(['replay', 'small.yaml']);
    expect(again.stdout).toContain(`› ${SIGNATURE}   seed`);
    const declared = shop.cli(['shrink', 'both.yaml', '--signature', 'mutual-exclusion-belief']);
    expect(declared.stdout).toMatch(/^✗ both: mutual-exclusion-belief /);
  });

  it('has a line under its bucket that shrinks the failure of that bucket', () => {
    const { stdout } = fuzz('both.yaml', '--seeds', '2', '--no-shrink', '--no-state');
    expect(stdout).toContain(`✗ both: ${SIGNATURE}`);
    const line = /Smaller {5}npx splitbrain (shrink .*)$/m.exec(stdout)![1]!;
    expect(shop.shell(`$SPLITBRAIN ${line}`).stdout).toMatch(new RegExp(`^✗ both: ${SIGNATURE} `));
  });

  it('is pinned by what it fails on, and is fixed without it', () => {
    const dir = ['--dir', 'both-corpus'];
    const added = shop.cli(['corpus', 'add', 'both.yaml', ...dir]);
    expect(added.stdout).toContain(`: ${SIGNATURE}, expected holds`);
    const pinned = shop.path('both-corpus', 'both.expect.json');
    const text = readFileSync(pinned, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ property: SIGNATURE, signature: SIGNATURE });
    expect(shop.cli(['corpus', 'verify', ...dir]).stdout).toContain('both: still failing');
    const entry = shop.path('both-corpus', 'both.yaml');
    const scenario = readFileSync(entry, 'utf8');
    writeFileSync(entry, scenario.replace('onSuspended: keep, ', ''));
    expect(shop.cli(['corpus', 'verify', ...dir]).stdout).toContain('both: fixed');
  });
});

describe('shards', () => {
  it('run disjoint seeds, as an Indexed Job says, and add up to the whole', () => {
    const env = (index: number) => ({
      env: { JOB_COMPLETION_INDEX: String(index), SPLITBRAIN_SHARDS: '3' },
    });
    const args = ['fuzz', 'buggy.yaml', '--seeds', '20', '--no-shrink', '--no-state', '--json'];
    const files = [0, 1, 2].map((index) =>
      shop.write(`shard-${index}.json`, shop.cli([...args, '--shard', 'env'], env(index)).stdout),
    );
    const whole = shop.cli(args);
    const merged = shop.cli(['merge', ...files, '--json']);
    expect(merged.code).toBe(whole.code);
    const { tally } = FUZZ_JSON.omit({ shrunk: true }).parse(JSON.parse(merged.stdout));
    expect(tally).toEqual(json(whole.stdout).tally);
    const two = shop.cli(['merge', files[0]!, files[2]!]);
    expect(two.stderr).toContain('incomplete: shards 2/3 are missing');
    const twice = shop.cli(['merge', files[0]!, files[0]!]);
    expect(twice.code).toBe(64);
    expect(twice.stderr).toContain('overlap: shard 1/3, seeds 1..6, is in both');
  });

  it('of something else are refused', () => {
    shop.write('other.json', '{"runs": []}');
    const { code, stderr } = shop.cli(['merge', 'other.json']);
    expect(code).toBe(64);
    expect(stderr).toContain('other.json: format');
  });
});

describe('splitbrain corpus', () => {
  it('pins a shrunk failure, verifies it, and says when it is fixed', () => {
    const shrunk = shop.cli(['shrink', 'buggy.yaml', '--seed', firstFailing(), '-o', 'small.yaml']);
    expect(shrunk.code).toBe(1);
    expect(shrunk.stdout).toContain('Smallest run that still fails');
    expect(shop.cli(['corpus', 'add', 'small.yaml', '--name', 'lost-entry']).code).toBe(0);
    expect(readFileSync(shop.path('corpus', 'lost-entry.yaml'), 'utf8')).toContain('# needed');
    const verify = shop.cli(['corpus', 'verify']);
    expect(verify.stdout).toContain('lost-entry: still failing');
    expect(verify.code).toBe(0);
    const text = readFileSync(shop.path('corpus', 'lost-entry.yaml'), 'utf8');
    shop.write('corpus/lost-entry.yaml', text.replace('bug: no-up-to-date-check\n', ''));
    const fixed = shop.cli(['corpus', 'verify']);
    expect(fixed.code).toBe(1);
    expect(fixed.stdout).toContain('lost-entry: fixed');
  });

  it('that is empty ends with 4', () => {
    expect(shop.cli(['corpus', 'verify', '--dir', 'nowhere']).code).toBe(4);
  });

  function firstFailing(): string {
    const { stdout } = fuzz('buggy.yaml', '--seeds', '30', '--no-shrink', '--no-state', '--json');
    return json(stdout).buckets[0]!.seed;
  }
});
