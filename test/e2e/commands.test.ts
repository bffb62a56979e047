import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, Workshop } from './cli.ts';
import { BENCH_JSON, CHECK_JSON, DOCTOR_JSON } from './json-shapes.ts';
import { SCENARIOS } from './scenario-texts.ts';

const HISTORIES = fileURLToPath(new URL('../histories/', import.meta.url));
const byText = (a: string, b: string): number => (a < b ? -1 : 1);
let shop: Workshop;

beforeAll(() => {
  shop = new Workshop();
  for (const [name, text] of Object.entries(SCENARIOS)) shop.write(`${name}.yaml`, text);
});
afterAll(() => {
  shop.remove();
});

describe('splitbrain check', () => {
  it('ends with 0 for a history that holds, and prints the fixed shape', () => {
    const { code, stdout } = shop.cli(['check', join(HISTORIES, 'c01-ok.txt'), '--json']);
    expect(code).toBe(0);
    expect(CHECK_JSON.parse(JSON.parse(stdout))).toMatchObject({ verdict: 'holds', core: [] });
  });

  it('ends with 1 for one that does not, with the operations at fault', () => {
    const { code, stdout } = shop.cli(['check', join(HISTORIES, 'c01-bad.txt'), '--json']);
    expect(code).toBe(1);
    const verdict = CHECK_JSON.parse(JSON.parse(stdout));
    expect(verdict.verdict).toBe('violated');
    expect(verdict.core.length).toBeGreaterThan(0);
  });

  it('ends with 2 when the budget runs out', () => {
    const events = (type: (process: number) => string): string =>
      Array.from({ length: 8 }, (_, process) =>
        JSON.stringify({
          process,
          type: type(process),
          f: 'cas',
          value: [process % 3, (process + 1) % 3],
        }),
      ).join('\n');
    shop.write(
      'hard.jsonl',
      `${events(() => 'invoke')}\n${events((process) => (process % 2 === 1 ? 'info' : 'ok'))}\n`,
    );
    const hard = ['check', 'hard.jsonl', '--initial', '0'];
    const { code, stdout } = shop.cli([...hard, '--budget', '1']);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^hard\.jsonl: linearizable cas-register: inconclusive\n/);
    expect(stdout).toContain('Try a larger budget');
    expect(shop.cli(hard).code).toBe(0);
  });

  it('several histories are one list of results, and a count for people', () => {
    const files = ['c01-ok.txt', 'c01-bad.txt'].map((name) => join(HISTORIES, name));
    const { code, stdout } = shop.cli(['check', ...files, '--json']);
    expect(code).toBe(1);
    expect((JSON.parse(stdout) as { results: unknown[] }).results).toHaveLength(2);
    expect(shop.cli(['check', ...files]).stdout).toMatch(/\n1 passed, 1 failed, 0 inconclusive\n$/);
  });
});

describe('other commands', () => {
  it('list names every scenario, and --json is data', () => {
    mkdirSync(shop.path('scenarios', 'mine'), { recursive: true });
    shop.write('scenarios/mine/passes.yaml', SCENARIOS.passes);
    expect(shop.cli(['list', 'mine/*']).stdout).toBe('mine/passes  for a test\n');
    const { scenarios } = JSON.parse(shop.cli(['list', '--json']).stdout) as {
      scenarios: { name: string }[];
    };
    expect(scenarios.map(({ name }) => name)).toContain('raft/default-faults');
  });

  it.each(['--protocols', '--bugs', '--properties', '--nemesis'])(
    'list %s is data with --json',
    (option) => {
      const { code, stdout } = shop.cli(['list', option, '--json']);
      expect(code).toBe(0);
      expect(Object.keys(JSON.parse(stdout) as object).length).toBeGreaterThan(0);
    },
  );

  it.each([
    [['--protocols', 'redlock'], /^redlock {3}judged as counter\n(?: {2}.*\n)+$/],
    [['--bugs', 'double-vote'], /^raft {2}double-vote {2}.*\n$/],
    [['--properties', 'liveness'], /^every run: liveness\n$/],
    [['--properties', 'election-safety'], /^(?:\w+ {2}election-safety: .*\n)+$/],
    [['--nemesis', 'kill-client'], /^words, .*\n {2}kill-client .*\n$/],
  ])('list %o shows what the pattern means, and nothing else', (args, shown) => {
    const { code, stdout } = shop.cli(['list', ...args]);
    expect(code).toBe(0);
    expect(stdout).toMatch(shown);
  });

  it('list --bugs takes a protocol, and stars', () => {
    const bugs = (pattern: string): { id: string; protocol: string }[] =>
      (
        JSON.parse(shop.cli(['list', '--bugs', pattern, '--json']).stdout) as {
          bugs: { id: string; protocol: string }[];
        }
      ).bugs;
    expect(new Set(bugs('redlock').map(({ protocol }) => protocol))).toEqual(new Set(['redlock']));
    expect(bugs('vote-*').map(({ id }) => id)).toContain('vote-before-sync');
    expect(bugs('vote-*').every(({ id }) => id.startsWith('vote-'))).toBe(true);
  });

  it.each([
    [['--protocols', 'redlok'], 'no protocol "redlok": did you mean "redlock"?'],
    [['--bugs', 'duble-vote'], 'no bug "duble-vote": did you mean "double-vote"?'],
    [['--properties', 'livenes'], 'no protocol or property "livenes": did you mean "liveness"?'],
    [['--nemesis', 'kil-client'], 'word of a nemesis "kil-client": did you mean "kill-client"?'],
  ])('list %o, which means nothing, ends with 4 and what may have been meant', (args, message) => {
    const { code, stdout, stderr } = shop.cli(['list', ...args]);
    expect(code).toBe(4);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  it('list --nemesis says what every word of a profile does', () => {
    const { stdout } = shop.cli(['list', '--nemesis']);
    expect(stdout).toMatch(/^ {2}clients +isolate-client 3, /m);
    expect(stdout).toMatch(/^ {2}kill-client +the process of one client$/m);
  });

  it('scenario validate judges every file and ends with 64 when one is wrong', () => {
    shop.write(
      'bad.yaml',
      'name: bad\ntitle: t\nprotocol: raft\ntopology: { servers: 3 }\nduration: 5\n',
    );
    const { code, stdout, stderr } = shop.cli(['scenario', 'validate', 'passes.yaml', 'bad.yaml']);
    expect(code).toBe(64);
    expect(stdout).toBe('passes.yaml: passes is valid\n1 passed, 1 failed\n');
    expect(stderr).toMatch(/^bad\.yaml:5:11: duration: expected a duration/);
  });

  it('doctor proves determinism and that leaks are found', () => {
    const { code, stdout } = shop.cli(['doctor', '--json']);
    expect(code).toBe(0);
    expect(DOCTOR_JSON.parse(JSON.parse(stdout)).findings.every(({ ok }) => ok)).toBe(true);
  });

  it('bench --quick measures ratios', () => {
    const { code, stdout } = shop.cli(['bench', 'engine', '--quick', '--json']);
    expect(code).toBe(0);
    const { metrics } = BENCH_JSON.parse(JSON.parse(stdout));
    expect(metrics['ratioTraceOff']).toBeGreaterThan(0);
    expect(metrics['ratioTraceOn']).toBeGreaterThan(0);
  });

  it.each([
    ['no command', [], 64, /Usage: splitbrain/],
    ['an unknown command', ['rnu'], 64, /unknown command 'rnu'[\s\S]*Did you mean run\?/],
    ['an unknown option', ['run', 'passes.yaml', '--sed', '3'], 64, /unknown option '--sed'/],
    [
      'a scenario that does not exist',
      ['run', 'default-fualts'],
      4,
      /did you mean "default-faults"\?/,
    ],
    [
      'a bench that does not exist',
      ['bench', 'engin'],
      64,
      /no bench is called "engin": expected engine/,
    ],
    [
      'an event that is no number',
      ['show', 'passes.yaml', '--to', 'x'],
      64,
      /expected a whole number/,
    ],
  ])('%s is told to stderr', (_, args, expected, said) => {
    const { code, stdout, stderr } = shop.cli(args);
    expect(code).toBe(expected);
    expect(stdout).toBe('');
    expect(stderr).toMatch(said);
  });

  it.each([
    '',
    'run',
    'replay',
    'check',
    'show',
    'list',
    'scenario validate',
    'scenario schema',
    'doctor',
    'bench',
  ])('`%s --help` has examples', (command) => {
    const { code, stdout } = shop.shell(`$SPLITBRAIN ${command} --help`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nExamples?:\n {2}\$ splitbrain /);
  });
});

describe('bad histories end with 64, the place and what to do', () => {
  const line = (event: object): string => `${JSON.stringify(event)}\n`;
  const invoke = line({ process: 0, type: 'invoke', f: 'write', value: 1 });
  const ok = line({ process: 0, type: 'ok', f: 'write', value: 1 });
  const gzip = readFileSync(join(HISTORIES, 'reg-info5pct-n200-c5-ok.jsonl.gz'));
  it.each([
    ['empty', '', /^h: a history without operations; expected at least one invocation\./],
    [
      'cut in the middle of a line',
      invoke + ok.slice(0, 34),
      /^h:2:35: the line ends in the middle of a JSON value; .* Is the file truncated\?/,
    ],
    [
      'gzip cut short',
      gzip.subarray(0, 300),
      /^h: the gzip data end too early; expected a whole gzip file\./,
    ],
    [
      'a completion without invocation',
      ok,
      /^h:1(:\d+)?: process 0 completes an operation that it never invoked; expected an "invoke"/,
    ],
    [
      'two open operations of one process',
      invoke + invoke,
      /^h:2(:\d+)?: process 0 invokes write while its write \(line 1\) is still open; expected one open operation per process\./,
    ],
    [
      'a process that acts after info',
      invoke + ok.replace('"ok"', '"info"') + invoke,
      /^h:3(:\d+)?: process 0 invokes write after its operation ended with "info"/,
    ],
    ['no history at all', 'hello', /^h:1:1: a file that starts with "hello"; expected JSON lines/],
  ])('%s', (_, text, said) => {
    shop.write('h', text);
    const { code, stdout, stderr } = shop.cli(['check', 'h']);
    expect(code).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toMatch(said);
  });
});

describe('outputs', () => {
  it('colour: NO_COLOR wins over FORCE_COLOR, a pipe has none, and --ascii is ASCII', () => {
    const out = (env: Record<string, string>, ...more: string[]): string =>
      shop.cli(['run', 'fails.yaml', '--no-files', ...more], { env }).stdout;
    const escape = '\u001b[';
    expect(out({})).not.toContain(escape);
    expect(out({ FORCE_COLOR: '1' })).toContain(escape);
    expect(out({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain(escape);
    expect(out({}, '--ascii')).toMatch(/^X fails > [\x00-\x7f]*$/);
  });

  it.each(['show stale.yaml', 'list --bugs', 'scenario schema', '--help'])(
    '`%s | head -1` ends quietly with 0',
    (command) => {
      const { stdout, stderr } = shop.shell(`$SPLITBRAIN ${command} | head -1; echo $PIPESTATUS`);
      expect(stdout.trimEnd().split('\n').at(-1)).toBe('0');
      expect(stderr).toBe('');
    },
  );

  it.each(['run passes.yaml', 'list', '--version', '--help'])(
    'a full disk under `%s` is told in words and ends with 70',
    (command) => {
      const { code, stderr } = shop.shell(`$SPLITBRAIN ${command} > /dev/full`);
      expect(code).toBe(70);
      expect(stderr).toBe(
        'error: cannot write to stdout: ENOSPC: no space left on device, write. Free some space, or write elsewhere.\n',
      );
    },
  );

  it('a full disk under stderr does not change the exit code', () => {
    expect(shop.shell('$SPLITBRAIN run nothing-like-this 2> /dev/full').code).toBe(4);
  });

  it('a run folder that cannot be written is told in words, after the verdict', () => {
    const other = new Workshop();
    other.write('passes.yaml', SCENARIOS.passes);
    other.write('.splitbrain', 'a file in the way');
    const { code, stdout, stderr } = other.cli(['run', 'passes.yaml']);
    expect(code).toBe(70);
    expect(stdout).toMatch(/^✓ passes /);
    expect(stderr).toMatch(
      /^error: cannot write the run's files to \.splitbrain\/runs\/passes\/.*or pass --no-files\.\n$/,
    );
    expect(other.cli(['run', 'passes.yaml', '--no-files']).code).toBe(0);
    other.remove();
  });

  it('SIGINT in a long run ends it as the shell expects (130); what was finished is whole on disk', async () => {
    const long = SCENARIOS.passes.replace('name: passes', 'name: long').replace('600ms', '100000s');
    shop.write('long.yaml', `${long}maxEvents: 1000000000\n`);
    const files = ['passes.yaml', 'faulty.yaml', 'long.yaml'];
    const child = spawn(process.execPath, [BIN, 'run', ...files], { cwd: shop.folder });
    const exit = once(child, 'exit');
    let seen = '';
    // The second verdict is only printed when the first run's files are written.
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        seen += String(chunk);
        if (seen.includes(' faulty › ')) resolve();
      });
    });
    child.kill('SIGINT');
    const [code, signal] = (await exit) as [number | null, string | null];
    expect(code ?? signal).toBe(130);
    expect(seen).toMatch(/\n2 passed, 0 failed, 0 inconclusive\n$/);
    const [folder] = readdirSync(shop.path('.splitbrain', 'runs', 'passes'));
    expect(readdirSync(shop.path('.splitbrain', 'runs', 'passes', folder!)).sort(byText)).toEqual([
      'history.jsonl',
      'run.json',
      'schedule.json',
    ]);
  });
});

describe('start-up', () => {
  it('without its build the command says so and ends with 70, never with a verdict', () => {
    mkdirSync(shop.path('bare', 'bin'), { recursive: true });
    shop.write('bare/package.json', '{ "type": "module" }');
    shop.write('bare/bin/splitbrain.js', readFileSync(BIN));
    const { code, stderr } = shop.shell('node bare/bin/splitbrain.js list');
    expect(code).toBe(70);
    expect(stderr).toMatch(/^splitbrain is not built: run `npm run build`\. /);
  });

  /** The files that a command loaded, by V8's own account of them. */
  function loaded(...args: readonly string[]): string[] {
    const folder = shop.path(`coverage-${args.join('')}`);
    shop.cli(args, { env: { NODE_V8_COVERAGE: folder } });
    return readdirSync(folder).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        result: { url: string }[];
      };
      return result.flatMap(({ url }) => (url.startsWith('file://') ? [fileURLToPath(url)] : []));
    });
  }

  it('--version loads the entry and nothing heavy', () => {
    const files = loaded('--version').map((file) => file.split('/').slice(-2).join('/'));
    expect(files.sort(byText)).toEqual([
      'bin/splitbrain.js',
      'cli/exit-codes.js',
      'cli/main.js',
      'cli/output.js',
      'cli/version.js',
    ]);
  });

  it('--help loads the command line, but no command, no simulator, no checker', () => {
    const files = loaded('--help');
    expect(files.some((file) => file.includes('/node_modules/commander/'))).toBe(true);
    expect(
      files.filter((file) =>
        /\/(zod|yaml|seedrandom)\/|\/dist\/(sim|checker|protocols|scenario|history|cli\/commands)\//.test(
          file,
        ),
      ),
    ).toEqual([]);
  });
});
