import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readHistory } from '../../src/history/read-history.ts';
import { Workshop } from './cli.ts';
import { RUN_JSON } from './json-shapes.ts';
import { SCENARIOS } from './scenario-texts.ts';

let shop: Workshop;

beforeAll(() => {
  shop = new Workshop();
  for (const [name, text] of Object.entries(SCENARIOS)) shop.write(`${name}.yaml`, text);
});
afterAll(() => {
  shop.remove();
});

const runOf = (stdout: string) => RUN_JSON.parse(JSON.parse(stdout)).runs[0]!;

describe('splitbrain run', () => {
  it('ends with 0, one line and the count when all is as declared', () => {
    const { code, stdout, stderr } = shop.cli(['run', 'passes.yaml']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^✓ passes › all \d+ properties hold {3}seed 1 {3}[\d.]+ m?s virtual {3}\d+ events {3}trace [0-9a-f]{8}\n1 passed, 0 failed, 0 inconclusive\n$/,
    );
    expect(stderr).toBe('');
  });

  it('ends with 1 when a property is violated', () => {
    const { code, stdout } = shop.cli(['run', 'fails.yaml', '--no-files']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ fails › logs-converge {3}seed 1 /);
    expect(stdout).toContain('After the heal the servers have not come to one leader.');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed, 0 inconclusive');
  });

  it('ends with 2 when the run proves nothing', () => {
    const { code, stdout } = shop.cli(['run', 'vacuous.yaml', '--no-files']);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^\? vacuous › faults-bite vacuous /);
    expect(stdout).toContain('f1 (kill) never began: its moment or trigger never came.');
  });

  it('the worst of several runs decides: 1 before 2 before 0', () => {
    const args = ['run', 'passes.yaml', 'vacuous.yaml', 'fails.yaml', '--no-files', '-q'];
    expect(shop.cli(args).code).toBe(1);
    expect(shop.cli(args.filter((arg) => arg !== 'fails.yaml')).code).toBe(2);
  });

  it('--quiet says nothing of runs that end as declared', () => {
    expect(shop.cli(['run', 'passes.yaml', '-q', '--no-files']).stdout).toBe('');
  });

  it('--json prints one object of the fixed shape, and nothing else anywhere', () => {
    const { code, stdout, stderr } = shop.cli(['run', 'faulty.yaml', '--seed', '0017', '--json']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(runOf(stdout)).toMatchObject({ scenario: 'faulty', seed: '0017' });
  });

  it('-v tells the story: faults, elections, what clients asked and learned', () => {
    const { stdout } = shop.cli(['run', 'faulty.yaml', '-v', '--no-files']);
    expect(stdout).toMatch(/^faulty: for a test\n/);
    expect(stdout).toContain('planned     f1  at 300ms  kill of leader  for 100ms');
    expect(stdout).toMatch(/ is leader term=\d/);
    expect(stdout).toMatch(/ c1 asks: (read|write) x/);
    expect(stdout).toContain('--- all faults are healed ---');
    expect(stdout).toMatch(/✓ linearizable +holds/);
  });

  it('leaves a whole folder: run.json, schedule.json, history.jsonl, and the names last and last-failed', async () => {
    const run = runOf(shop.cli(['run', 'fails.yaml', '--json']).stdout);
    const folder = join('.splitbrain', 'runs', 'fails', `${run.hash.slice(0, 8)}-1`);
    expect(readdirSync(shop.path(folder)).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'history.jsonl',
      'run.json',
      'schedule.json',
    ]);
    for (const name of ['last', 'last-failed'])
      expect(readFileSync(shop.path('.splitbrain', 'runs', name), 'utf8')).toBe(`${folder}\n`);
    const record = JSON.parse(readFileSync(shop.path(folder, 'run.json'), 'utf8')) as object;
    expect(record).toMatchObject({
      seed: '1',
      hash: run.hash,
      outcome: 'failed',
      node: process.version,
      scenarioFile: 'fails.yaml',
      scenarioText: SCENARIOS.fails,
    });
    const { history } = await readHistory(shop.path(folder, 'history.jsonl'));
    expect(history.length).toBeGreaterThan(0);
  });

  it('reads every file before anything runs: a mistake in the last costs nothing and leaves nothing', () => {
    shop.write('wrong.yaml', 'name: wrong\n');
    const { code, stdout, stderr } = shop.cli(['run', 'stale.yaml', 'wrong.yaml']);
    expect(code).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^wrong\.yaml:1:1: title: missing: expected text\n {4}fix: add this key\n/,
    );
    expect(existsSync(shop.path('.splitbrain', 'runs', 'stale'))).toBe(false);
  });
});

describe('splitbrain replay', () => {
  it('verifies the hash of the last run', () => {
    shop.cli(['run', 'faulty.yaml', '--seed', '5']);
    const { code, stdout } = shop.cli(['replay', 'last']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ {2}trace [0-9a-f]{16} verified: the runs are equal\n1 passed/);
  });

  it('needs neither the scenario file nor its seed', () => {
    shop.write('gone.yaml', SCENARIOS.faulty.replace('name: faulty', 'name: gone'));
    const { hash } = runOf(shop.cli(['run', 'gone.yaml', '--seed', 'any text', '--json']).stdout);
    shop.write('gone.yaml', 'name: another thing\n');
    const replayed = runOf(shop.cli(['replay', 'last', '--json']).stdout);
    expect(replayed).toMatchObject({ hash, seed: 'any text' });
  });

  it('ends with 3 when the recorded hash is another', () => {
    shop.cli(['run', 'faulty.yaml']);
    const file = shop.path(
      readFileSync(shop.path('.splitbrain/runs/last'), 'utf8').trim(),
      'run.json',
    );
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/"hash": "[0-9a-f]{16}"/, '"hash": "0123456789abcdef"'));
    for (const command of ['replay', 'show']) {
      const { code, stderr } = shop.cli([command, 'last']);
      expect(code).toBe(3);
      expect(stderr).toMatch(
        /^! NON-DETERMINISTIC .*expected trace 0123456789abcdef, got [0-9a-f]{16}/,
      );
    }
    writeFileSync(file, text);
  });

  it('ends with 3 when the run does not have the --expect-ed hash', () => {
    const other = shop.cli(['replay', 'faulty.yaml', '--expect', '00000000']);
    expect(other.code).toBe(3);
    expect(other.stderr).toMatch(/^! ANOTHER RUN .* twice: this run repeats itself/m);
    expect(shop.cli(['replay', 'faulty.yaml', '--expect', 'xyz']).code).toBe(64);
  });

  it('--without leaves faults out, and its Reproduce line does too', () => {
    const { runs } = RUN_JSON.parse(
      JSON.parse(shop.cli(['replay', 'faulty.yaml', '--without', 'f1', '--json']).stdout),
    );
    expect(runs[0]).toMatchObject({ faults: [{ id: 'f2' }], expectedHash: null });
    const again = shop.shell(
      runs[0]!.reproduce.replace('npx splitbrain', () => '$SPLITBRAIN') + ' --json',
    );
    expect(runOf(again.stdout).hash).toBe(runs[0]!.hash);
    const unknown = shop.cli(['replay', 'faulty.yaml', '--without', 'f9']);
    expect(unknown.code).toBe(64);
    expect(unknown.stderr).toBe('error: --without f9: this run has no such fault; it has f1, f2\n');
  });

  it('runs a schedule that was edited, says so, and does not take it for a leak', () => {
    const { hash } = runOf(shop.cli(['run', 'faulty.yaml', '--json']).stdout);
    const folder = readFileSync(shop.path('.splitbrain/runs/last'), 'utf8').trim();
    const file = shop.path(folder, 'schedule.json');
    const schedule = JSON.parse(readFileSync(file, 'utf8')) as unknown[];
    writeFileSync(file, JSON.stringify(schedule.slice(1)));
    const edited = shop.cli(['replay', 'last', '--json']);
    expect(edited.code).toBe(0);
    expect(edited.stderr).toContain('schedule.json was edited since the run');
    expect(runOf(edited.stdout).hash).not.toBe(hash);
    expect(runOf(edited.stdout).reproduce).toBe(`npx splitbrain replay ${shop.path(folder)}`);
    writeFileSync(file, '[{ "id": "f1" }]');
    const broken = shop.cli(['replay', 'last']);
    expect(broken.code).toBe(64);
    expect(broken.stderr).toMatch(/schedule\.json:1:\d+: \[0\]\.start: missing: expected a moment/);
    writeFileSync(file, JSON.stringify(schedule, null, 4));
    expect(shop.cli(['replay', 'last']).code).toBe(0);
  });

  it('the Reproduce line of a failure gives the same run and the same violation from another directory', () => {
    const run = (...more: readonly string[]) =>
      shop.cli(['run', 'stale.yaml', '--no-files', ...more]);
    let seed = 1;
    let found = run('--seed', '1', '--json');
    for (; found.code === 0 && seed < 15; found = run('--seed', String(seed), '--json')) seed += 1;
    const first = runOf(found.stdout);
    const { stdout } = run('--seed', first.seed);
    const line = stdout.split('\n').find((text) => text.startsWith('  Reproduce   '))!;
    mkdirSync(shop.path('elsewhere'), { recursive: true });
    const command = line.replace(
      /^ {2}Reproduce {3}npx splitbrain/,
      () => 'cd elsewhere && $SPLITBRAIN',
    );
    const again = shop.shell(`${command} --json`);
    expect(again.code).toBe(1);
    const violated = (run: typeof first) =>
      run.properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);
    expect(runOf(again.stdout).hash).toBe(first.hash);
    expect(violated(runOf(again.stdout))).toEqual(['linearizable']);
    expect(violated(first)).toEqual(['linearizable']);
  });

  it('a bundled scenario is reproduced by its name', () => {
    const { stdout } = shop.cli(['run', 'default-faults', '--json', '--no-files']);
    expect(runOf(stdout).reproduce).toMatch(
      /^npx splitbrain replay raft\/default-faults --seed 1 --expect [0-9a-f]{8}$/,
    );
  });

  it.each([
    ['no run was recorded', ['replay', 'last'], /there is no last run in .*: run a scenario first/],
    ['a folder is no run', ['replay', 'elsewhere'], /no scenario, file or folder "elsewhere"/],
  ])('%s', (_, args, said) => {
    const other = new Workshop();
    mkdirSync(other.path('elsewhere'));
    const { code, stderr } = other.cli(args);
    expect([4, 64]).toContain(code);
    expect(stderr).toMatch(said);
    other.remove();
  });
});
