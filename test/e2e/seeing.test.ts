import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workshop } from './cli.ts';
import { SCENARIOS } from './scenario-texts.ts';

let shop: Workshop;

beforeAll(() => {
  shop = new Workshop();
  for (const [name, text] of Object.entries(SCENARIOS)) shop.write(`${name}.yaml`, text);
});
afterAll(() => {
  shop.remove();
});

describe('splitbrain diff', () => {
  it('identical runs say so and end with 0', () => {
    shop.cli(['run', 'passes.yaml']);
    const { code, stdout } = shop.cli(['diff', 'last', 'passes.yaml']);
    expect(stdout).toMatch(/^identical: both have trace [0-9a-f]{16}, \d+ events\n$/);
    expect(code).toBe(0);
  });

  it('runs that differ end with 3, as text and as JSON', () => {
    const text = shop.cli(['diff', 'faulty.yaml', '--without', 'f1']);
    expect(text.code).toBe(3);
    expect(text.stdout).toMatch(/ {2}- only A {2}f1 {2}at 300ms {2}kill of leader/);
    expect(text.stdout).toMatch(/Equal up to event \d+\. First difference:/);
    const json = shop.cli(['diff', 'faulty.yaml', '--without', 'f1', '--json']);
    const { identical, first, schedule } = JSON.parse(json.stdout) as {
      identical: boolean;
      first: { a: { what: string } };
      schedule: { onlyA: string[]; onlyB: string[] };
    };
    expect([json.code, identical, first.a.what]).toEqual([3, false, 'fault f1']);
    expect([schedule.onlyA.length, schedule.onlyB.length]).toEqual([1, 0]);
  });

  it.each([
    [['faulty.yaml'], 'with what? Name another run, or give --without or --other-seed'],
    [['faulty.yaml', '--without', 'f9'], '--without f9: this run has no such fault; it has f1, f2'],
  ])('%j is refused', (args, said) => {
    const { code, stderr } = shop.cli(['diff', ...args]);
    expect([code, stderr]).toEqual([64, `error: ${said}\n`]);
  });
});

describe('splitbrain replay --step', () => {
  it('takes a script from a pipe and prints a session', () => {
    const script = 'goto cut\\nstate\\ninspect\\n# a comment\\nwhat-if cut\\nquit\\nstep\\n';
    const { code, stdout, stderr } = shop.shell(
      `printf '${script}' | $SPLITBRAIN replay showcase --step`,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[0]).toBe('event 0 of 887, 0.000000 s   (help lists the commands)');
    expect(stdout).toContain('(step) goto cut\n');
    expect(stdout).toContain('+ raft.currentTerm: 2');
    expect(stdout).toContain('Without cut the run is the same up to event 230; then');
    expect(stdout).toMatch(/\(step\) quit\n$/);
  });

  it('a command that cannot be done is told, the rest goes on, and the end is 64', () => {
    const { code, stdout, stderr } = shop.shell(
      "printf 'jump\\nstep\\n' | $SPLITBRAIN replay passes.yaml --step --until 5",
    );
    expect(code).toBe(64);
    expect(stderr).toMatch(/^error: "jump" is no command: step, back, /);
    expect(stdout).toContain('event 6 of ');
  });
});

describe('splitbrain export', () => {
  it('writes to stdout or to a file, the same bytes', () => {
    const { code, stdout } = shop.cli(['export', 'faulty.yaml', '--format', 'edn']);
    expect(code).toBe(0);
    const file = shop.cli(['export', 'faulty.yaml', '-f', 'edn', '-o', 'faulty.edn']);
    expect([file.code, file.stdout]).toEqual([0, '']);
    expect(file.stderr).toMatch(/^faulty\.edn: edn, \d+ bytes\n$/);
    expect(readFileSync(shop.path('faulty.edn'), 'utf8')).toBe(stdout);
  });

  it('what it wrote is judged as the run was', () => {
    shop.cli(['export', 'passes.yaml', '-f', 'porcupine', '-o', 'passes.json']);
    const { code, stdout } = shop.cli(['check', 'passes.json', '--model', 'kv', '--json']);
    expect([code, (JSON.parse(stdout) as { verdict: string }).verdict]).toEqual([0, 'holds']);
  });

  it.each([
    [['passes.yaml'], 64, "required option '-f, --format <format>' not specified"],
    [['passes.yaml', '-f', 'pdf'], 64, "argument 'pdf' is invalid. Allowed choices are shiviz, "],
    [
      ['passes.yaml', '-f', 'csv', '-o', 'no/such/folder/x.csv'],
      64,
      'cannot write no/such/folder/x.csv: ',
    ],
  ])('%j ends with %i', (args, exit, said) => {
    const { code, stderr } = shop.cli(['export', ...args]);
    expect([code, stderr.includes(said)]).toEqual([exit, true]);
  });
});

describe('a run folder that is not, or no longer, what `run` left', () => {
  let folder = '';
  beforeAll(() => {
    shop.cli(['run', 'faulty.yaml', '--seed', '7']);
    folder = readFileSync(shop.path('.splitbrain/runs/last'), 'utf8').trim();
  });
  const COMMANDS = [
    ['show', 'last', '--to', '3'],
    ['export', 'last', '--format', 'edn'],
    ['diff', 'last', 'passes.yaml'],
    ['replay', 'last'],
  ] as const;

  /** Runs all four while a file of the folder says something else. */
  function damaged(file: string, text: string | null) {
    const path = shop.path(folder, file);
    const whole = readFileSync(path, 'utf8');
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
    const results = COMMANDS.map((args) => shop.cli(args));
    writeFileSync(path, whole);
    return results;
  }

  it('without run.json: not a run', () => {
    for (const { code, stdout, stderr } of damaged('run.json', null)) {
      expect([code, stdout]).toEqual([64, '']);
      expect(stderr).toMatch(
        /has no run\.json: it is not, or no longer, what `splitbrain run` left there/,
      );
    }
  });

  it('with a run.json that was cut short', () => {
    const text = readFileSync(shop.path(folder, 'run.json'), 'utf8');
    for (const { code, stderr } of damaged('run.json', text.slice(0, 500))) {
      expect(code).toBe(64);
      expect(stderr).toMatch(/run\.json: .*Expected the file that `splitbrain run` wrote there/);
    }
  });

  it('of another run: the first checkpoint that differs is named, and nothing is exported', () => {
    const record = JSON.parse(readFileSync(shop.path(folder, 'run.json'), 'utf8')) as object;
    const text = JSON.stringify({ ...record, hash: '0123456789abcdef', splitbrain: '0.0.1' });
    const [shown, exported] = damaged('run.json', text);
    for (const { code, stderr } of [shown!, exported!]) {
      expect(code).toBe(3);
      expect(stderr).toContain('recorded by splitbrain 0.0.1, this is ');
      expect(stderr).toMatch(
        /expected trace 0123456789abcdef, got [0-9a-f]{16}: this is not the recorded run\. They part before event \d+\./,
      );
    }
    expect(exported!.stdout).toBe('');
    expect(exported!.stderr).toContain('nothing was written');
  });

  it('with a history that was cut short: made again, and said so', () => {
    const text = readFileSync(shop.path(folder, 'history.jsonl'), 'utf8');
    const [shown, exported] = damaged('history.jsonl', text.slice(0, text.length / 2));
    for (const { code, stderr } of [shown!, exported!]) {
      expect(code).toBe(0);
      expect(stderr).toMatch(/note: .*history\.jsonl was cut short or edited since the run/);
    }
  });

  it('a scenario file that was changed since does not change the run', () => {
    shop.write('faulty.yaml', SCENARIOS.faulty.replace('600ms', '700ms'));
    const { code, stderr } = shop.cli(['show', 'last', '--to', '3']);
    expect(code).toBe(0);
    expect(stderr).toContain(
      'faulty.yaml was changed since the run; this is the scenario as it was recorded',
    );
    shop.write('faulty.yaml', SCENARIOS.faulty);
  });
});
