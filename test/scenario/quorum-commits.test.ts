import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { PropertyResult, RunResult } from '../../src/scenario/run-result.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { property } from './run-toy.ts';

const FILE = 'quorum-commits-during-faults.yaml';
const text = readFileSync(new URL(`../../scenarios/raft/${FILE}`, import.meta.url), 'utf8');

function changed(...changes: readonly (readonly [string | RegExp, string])[]): Scenario {
  const source = changes.reduce((now, [from, to]) => {
    const next = now.replace(from, to);
    if (next === now) throw new Error(`${String(from)} is not in the scenario`);
    return next;
  }, text);
  return compileScenario(source, FILE, PROTOCOLS);
}

const judgement = (result: RunResult): PropertyResult => property(result, 'quorum-commits');

/** One fault that begins at 1 s and stays for the rest of the fault phase. */
const lasting = (fault: string): readonly [RegExp, string] => [
  /nemesis:[^]*$/,
  `faults:\n  - { id: lasting, at: 1s, ${fault} }\n`,
];
const BUGGY = ['protocol: raft', 'protocol: raft\nbug: commit-needs-everyone'] as const;

describe('a quorum that no fault touches, while faults go on', () => {
  it('commits within the bound, and is put to the test in most runs', () => {
    const scenario = changed();
    const sentences = Array.from({ length: 5 }, (_, seed) => {
      const result = judgement(runScenario(scenario, { seed: `alone ${seed}` }));
      expect(result).toMatchObject({ verdict: 'holds' });
      return result.sentence;
    });
    expect(sentences.filter((one) => one.endsWith('went on committing')).length).toBeGreaterThan(2);
  });

  it('is only looked at: the run is the same when nobody asks', () => {
    const asked = runScenario(changed(), { seed: 'hash' });
    const [unasked] = [changed([', duringFaults: true', ''])].map((one) =>
      runScenario(one, { seed: 'hash' }),
    );
    expect(unasked!.hash).toBe(asked.hash);
    expect(unasked!.properties.map(({ name }) => name)).not.toContain('quorum-commits');
  });

  it.each(['kill', 'pause', 'isolate'])(
    'shows a leader that waits for everybody when one is away (%s), which no heal would tell',
    (kind) => {
      const result = runScenario(changed(BUGGY, lasting(`kind: ${kind}, target: leader`)), {
        seed: 'waits',
      });
      expect(judgement(result)).toMatchObject({ verdict: 'violated' });
      expect(judgement(result).sentence).toMatch(/^n\d, n\d, n\d, n\d hear each other, suffice/);
      const before = runScenario(
        changed(BUGGY, lasting(`kind: ${kind}, target: leader`), [', duringFaults: true', '']),
        { seed: 'waits' },
      );
      expect(before.properties.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
    },
  );

  it.each([
    ['nobody has a quorum', 'kind: kill, target: majority'],
    ['a ring leaves nobody alone', 'kind: ring'],
    ['one direction alone is cut', 'kind: one-way, from: leader, to: servers'],
    ['a disk of the quorum is stalled', 'kind: stalled-disk, target: leader'],
    ['a clock of the quorum stands still', 'kind: clock-freeze, target: leader'],
  ])('is owed nothing when %s', (_, fault) => {
    const result = runScenario(changed(BUGGY, lasting(fault)), { seed: 'owed' });
    const { verdict, sentence } = judgement(result);
    expect([verdict, sentence]).toEqual([
      'holds',
      'no quorum was left alone for longer than 1.820 s: nothing was asked of any',
    ]);
  });

  it.each([
    ['heartbeat: 20ms', 'heartbeat: 20ms, transferEvery: 300ms', /transferEvery/],
    ['heartbeat: 20ms', 'heartbeat: 20ms, reconfigureEvery: 300ms', /reconfigureEvery/],
    ['heartbeat: 20ms', 'heartbeat: 20ms, backtracking: slow', /one entry a round trip/],
    ['heartbeat: 20ms', 'heartbeat: 20ms, preVote: true', /keeps servers there from voting/],
    ['sync: 1ms', 'sync: 40ms', /an election may take 90 ms/],
    ['loss: 1%', 'loss: 30%', /loses 30%/],
    ['loss: 1%', 'bandwidth: 1MB', /bandwidth/],
    [/protocol: raft/, 'protocol: messaging', /does not say|not known|unknown/],
  ])('cannot be asked for where no bound holds: %s is %s', (from, to, reason) => {
    expect(() => changed([from, to])).toThrow(reason);
  });
});
