import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { Workshop } from './cli.ts';

const EXPLORED = z.looseObject({
  end: z.string(),
  covered: z.boolean(),
  states: z.number(),
  transitions: z.number(),
  depth: z.number(),
  frontier: z.number(),
  stepsPerSecond: z.number(),
  violations: z.array(z.looseObject({ property: z.string(), steps: z.number(), file: z.string() })),
});
const HUNTED = z.looseObject({
  bugs: z.array(
    z.looseObject({
      id: z.string(),
      strategies: z.array(
        z.looseObject({
          strategy: z.string(),
          foundIn: z.number(),
          repeats: z.number(),
          seeds: z.number(),
        }),
      ),
    }),
  ),
});
const FUZZED = z.looseObject({
  failed: z.number(),
  tally: z.unknown(),
  buckets: z.array(z.looseObject({ property: z.string(), reproduce: z.string() })),
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

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
  shop.write('buggy.yaml', BUGGY);
});
afterAll(() => {
  shop.remove();
});

const explore = (...args: readonly string[]) =>
  shop.cli(['explore', 'default-faults', '--servers', '3', ...args]);

describe('splitbrain explore', () => {
  it('writes a violation as a scenario that run and replay repeat', () => {
    const { code, stdout } = explore('--bug', 'double-vote', '--json');
    expect(code).toBe(1);
    const { end, violations } = EXPLORED.parse(JSON.parse(stdout));
    expect(end).toBe('violated');
    expect(violations.map(({ property, steps }) => [property, steps])).toEqual([
      ['one-vote-a-term', 3],
    ]);
    const { file } = violations[0]!;
    for (const command of ['run', 'replay']) {
      const again = shop.cli([command, file]);
      expect(again.code).toBe(1);
      expect(again.stdout).toContain('› one-vote-a-term');
    }
  });

  it('says that the bounds were covered, and exits with 0', () => {
    const { code, stdout } = explore('--bounds', 'timeouts=1,requests=0');
    expect(code).toBe(0);
    expect(stdout).toContain('covered: every state within these bounds was visited');
    const json = explore('--bounds', 'timeouts=1,requests=0', '--order', 'dfs', '--json');
    const explored = EXPLORED.parse(JSON.parse(json.stdout));
    expect(explored).toMatchObject({ end: 'covered', covered: true, frontier: 0, violations: [] });
    expect(stdout).toContain(`${explored.states} different states`);
  });

  it('is inconclusive when states end first', () => {
    const { code, stdout } = explore('--states', '30', '--json');
    expect(code).toBe(2);
    expect(EXPLORED.parse(JSON.parse(stdout))).toMatchObject({ end: 'states', covered: false });
  });

  it('tells what was covered when it is interrupted', () => {
    const { code, stdout } = shop.shell(
      'timeout -s INT 3 $SPLITBRAIN explore default-faults --servers 3 --bounds timeouts=6,requests=3 --json; echo "code $?" >&2',
    );
    const told = EXPLORED.parse(JSON.parse(stdout));
    expect(told).toMatchObject({ end: 'interrupted', covered: false });
    expect(told.states).toBeGreaterThan(0);
    expect(code).toBe(0);
  });

  it.each([
    [['--bounds', 'timeout=1'], 'there is no bound "timeout"'],
    [['--bug', 'lazy'], 'raft has no planted bug "lazy"'],
  ])('refuses %o', (args, message) => {
    const { code, stderr } = explore(...args);
    expect(code).toBe(64);
    expect(stderr).toContain(message);
  });
});

describe('splitbrain fuzz --strategy guided', () => {
  const guided = (...args: readonly string[]) =>
    shop.cli(['fuzz', 'buggy.yaml', '--strategy', 'guided', '--no-shrink', '--json', ...args]);
  const read = (text: string) => FUZZED.parse(JSON.parse(text));

  it('gives one result with any number of workers, and after an interruption', () => {
    const results = ['0', '2'].map((workers) =>
      read(guided('--seeds', '80', '-j', workers, '--no-state').stdout),
    );
    expect(results[0]!.failed).toBeGreaterThan(0);
    expect(results[1]!.tally).toEqual(results[0]!.tally);
    guided('--seeds', '30', '-j', '0', '--state', 'first.jsonl');
    // The state of 30 seeds is that of a campaign of 80 that was stopped after them.
    const header = readFileSync(shop.path('first.jsonl'), 'utf8').replace('"1..30"', '"1..80"');
    shop.write('stopped.jsonl', header);
    const resumed = guided('--seeds', '80', '-j', '0', '--state', 'stopped.jsonl', '--resume');
    expect(read(resumed.stdout).tally).toEqual(results[0]!.tally);
  });

  it('prints a line that reproduces a failure', () => {
    const { buckets } = read(guided('--seeds', '70', '-j', '0', '--no-state').stdout);
    const { reproduce, property } = buckets[0]!;
    expect(reproduce).toContain('--strategy guided');
    const again = shop.shell(reproduce.replace(/^npx splitbrain/, '$SPLITBRAIN'));
    expect(again.code).toBe(1);
    expect(again.stdout).toContain(`› ${property}`);
  });

  it('sends who asks for an exhaustive campaign to the right command', () => {
    const { code, stderr } = shop.cli(['fuzz', 'buggy.yaml', '--strategy', 'exhaustive']);
    expect(code).toBe(64);
    expect(stderr).toContain('splitbrain explore');
  });
});

describe('splitbrain zoo --compare', () => {
  it('compares four strategies, keeps what is done, and writes the table into a document', () => {
    shop.write(
      'doc.md',
      'Before.\n\n<!-- strategies: begin -->\nold\n<!-- strategies: end -->\n\nAfter.\n',
    );
    const args = ['zoo', 'raft', '--bug', 'double-vote', '--compare', '--budget', '4'];
    const kept = ['--no-black-box', '-j', '1', '--state', 'zoo.jsonl', '--json'];
    const first = shop.cli([...args, ...kept]);
    const [bug] = HUNTED.parse(JSON.parse(first.stdout)).bugs;
    expect(bug!.strategies.map(({ strategy }) => strategy)).toEqual([
      'random',
      'pct',
      'guided',
      'exhaustive',
    ]);
    expect(bug!.strategies[3]).toMatchObject({ foundIn: 1, repeats: 1 });
    const searches = readFileSync(shop.path('zoo.jsonl'), 'utf8').trimEnd().split('\n').length;
    expect(searches).toBe(8);
    const again = shop.cli([...args, ...kept, '--docs', 'doc.md']);
    expect(HUNTED.parse(JSON.parse(again.stdout)).bugs[0]!.strategies).toEqual(bug!.strategies);
    expect(readFileSync(shop.path('zoo.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(8);
    const doc = readFileSync(shop.path('doc.md'), 'utf8');
    expect(doc).toMatch(/^Before\.[\s\S]*\| double-vote +\| easy[\s\S]*After\.\n$/);
    expect(doc).not.toContain('old');
    expect(existsSync(shop.path('doc.md.part'))).toBe(false);
  });
});
