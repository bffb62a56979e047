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

const show = (...args: readonly string[]) => shop.cli(['show', ...args]);

describe('splitbrain show', () => {
  it('prints one line a row with a lane for every node, and what was shown of what', () => {
    const { code, stdout } = show('passes.yaml', '--to', '20', '--ascii');
    expect(code).toBe(0);
    const [title, legend, head, ...rest] = stdout.trimEnd().split('\n');
    const [foot, ...rows] = rest.reverse();
    expect(title).toMatch(/^passes {3}seed 1 {3}trace [0-9a-f]{16} {3}\d+ events {3}/);
    expect(legend).toContain('x lost');
    expect(head).toMatch(/^ +event +time {2}n1 n2 n3 c1 c2 {2}what$/);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row).toMatch(/^ *\d+ +\d\.\d{6} s {2}/);
    expect(foot).toMatch(/^shown: \d+ of [\d,]+ rows, \d+ of \d+ states \(events 0 to 20\)$/);
    expect(stdout).toMatch(/^[\x00-\x7f]*$/);
  });

  it('without a filter shows every row there is', () => {
    const { stdout } = show('passes.yaml');
    const [, shown, all] = /shown: ([\d,]+) of ([\d,]+) rows/m.exec(stdout)!;
    expect(shown).toBe(all);
    const rows = stdout.split('\n').filter((line) => /^ *\d+ +\d\.\d{6} s/.test(line));
    expect(rows.filter((line) => !line.includes('⇒'))).toHaveLength(Number(all!.replace(',', '')));
  });

  it('counts the states that it shows, which are no rows', () => {
    const { stdout } = show('showcase', '--kind', 'state', '--node', 'n1');
    const lines = stdout.split('\n').filter((line) => line.includes('⇒ n1: '));
    expect(lines.length).toBeGreaterThan(5);
    expect(stdout).toMatch(
      new RegExp(
        `\nshown: 0 of 2,186 rows, ${lines.length} of \\d+ states \\(node n1; kind state\\)\n$`,
      ),
    );
  });

  it('shows a lost message with its reason and the fault that took it, inside the band of the fault', () => {
    const { stdout } = show('showcase', '--event', 'cut', '--around', '3');
    expect(stdout).toMatch(/╥ .* fault begins: cut /);
    expect(stdout).toMatch(/║.*× .* lost \(partition, cut\): AppendEntries .* from n1 to n2/);
  });

  it("--story tells faults, roles and clients' operations, and counts the rest", () => {
    const { stdout } = show('showcase', '--story');
    for (const said of [
      'n2 is leader term=2',
      '⇒ n1: follower t2',
      'c2 learns: read x ok -> 1',
      'fault ends: cut',
      'all faults are healed',
    ])
      expect(stdout).toContain(said);
    expect(stdout).not.toContain('gets AppendEntries');
    expect(stdout).toMatch(/⋮ \d+ send, /);
  });

  it('--why leads back to the nearest fault or client operation', () => {
    const violation = show('showcase', '--why', 'violation').stdout;
    expect(violation).toMatch(/^ +\d+ +[\d.]+ s {2}c2 learns: read x ok -> 1\n/);
    expect(violation).toContain('[leader t1 log 1..5 commit 3]');
    expect(violation).toContain('The chain ends at what a client was asked to do.');
    expect(violation).toMatch(/events \d+ to \d+ {2}cut /);
    const [, election] = / (\d+) .* n2 is candidate/.exec(show('showcase', '--story').stdout)!;
    const elected = show('showcase', '--why', election!).stdout;
    expect(elected).toContain('← it waited in vain for lost (partition, cut): AppendEntries');
    expect(elected).toContain('The chain ends at a fault of the schedule.');
  });

  it('--op shows what works for one operation', () => {
    const { stdout } = show('showcase', '--op', '3');
    expect(stdout).toContain('c2 asks: read x');
    expect(stdout).toContain('c2 learns: read x ok -> 1');
    expect(stdout).not.toContain('AppendEntries');
  });

  it.each([
    [['--node', 'n9'], '--node n9: expected one of n1, n2, n3, c1, c2'],
    [['--kind', 'marc'], '--kind marc: expected one of start, deliver'],
    [['--op', '9999'], '--op 9999: expected an operation of this run, #0 to #'],
    [['--event', '999999'], 'there is no event 999999: this run has the events 1 to '],
    [
      ['--event', 'f9'],
      '"f9": expected an event\'s number, violation, #3 (an operation) or a fault',
    ],
    [['--why', 'violation'], 'no property of this run is violated at a place in it'],
    [['--around', '3'], '--around: around which event? Add --event'],
  ])('%j is refused with what there is', (args, said) => {
    const { code, stdout, stderr } = show('passes.yaml', ...args);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toContain(`error: ${said}`);
  });

  it('cuts lines only when told to, and says so', () => {
    const { stdout } = show('showcase', '--width', '100', '--to', '300');
    const [foot, ...lines] = stdout.trimEnd().split('\n').reverse();
    expect(foot).toMatch(/^\d+ lines cut at 100 columns: --width 0 prints them whole$/);
    const rows = lines.filter((line) => /^ *\d+ +\d\.\d{6} s/.test(line));
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(100);
    expect(show('showcase', '--to', '300').stdout).not.toContain('cut at');
  });

  it('colours are for those who ask: NO_COLOR wins over FORCE_COLOR', () => {
    const args = ['show', 'showcase', '--to', '20'];
    const colored = shop.cli(args, { env: { FORCE_COLOR: '1' } }).stdout;
    expect(colored).toContain('\u001b[');
    const plain = shop.cli(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout;
    expect(plain).toBe(shop.cli(args).stdout);
    expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  it('a reader that goes away ends it quietly', () => {
    const { code, stdout, stderr } = shop.shell('$SPLITBRAIN show default-faults | head -3');
    expect([code, stdout.trimEnd().split('\n').length, stderr]).toEqual([0, 3, '']);
  });
});
