import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../src/report/format.ts';
import { runJson } from '../../src/report/run-json.ts';
import { runText } from '../../src/report/run-text.ts';
import type { PropertyResult, RunResult } from '../../src/scenario/run-result.ts';
import { runToy, WORKLOAD } from '../scenario/run-toy.ts';

const GOLDEN = join(import.meta.dirname, '..', 'golden');
const CLIENTS = 'topology: { servers: 2, clients: 2 }';
/** Two writes and a read of the first: there is only one way to explain what is wrong. */
const STALE_READ = `script:
  - { client: c1, do: write, value: 1, at: 10ms }
  - { client: c1, do: write, value: 2, at: 20ms }
  - { client: c2, do: read, at: 30ms }`;
const TWO_FAULTS = `faults:
  - { id: slow, kind: clog, from: n2, to: servers, at: 0ms, for: 10ms, mayMiss: true }
  - { id: cut, kind: pause, target: c2, when: { mark: leader }, after: 5ms, for: 10ms }
  - { id: late, kind: isolate, target: c1, at: 190ms, for: 5ms, mayMiss: true }`;

/** Left out: the trace hash, which any change of the engine moves, and where the sources lie and how long they are. */
function text(result: RunResult, verbose = false): string {
  return runText(result, PLAIN, verbose)
    .map((line) => line.replaceAll(result.hash.slice(0, 8), 'TRACE'))
    .map((line) => line.replace(`${process.cwd()}/`, '').replace(/:\d+:\d+\)$/, ':LINE)'))
    .join('\n')
    .concat('\n');
}

const RUNS: Readonly<Record<string, () => RunResult>> = {
  linearizable: () => runToy(['bug: stale', STALE_READ, 'liveness: none', TWO_FAULTS]),
  invariant: () => runToy(['bug: counts', WORKLOAD]),
  liveness: () => runToy(['bug: mute', WORKLOAD]),
  exception: () => runToy(['bug: throws', WORKLOAD]),
  vacuous: () =>
    runToy([
      WORKLOAD,
      'faults: [{ id: f1, kind: isolate, target: n2, at: 50ms, for: 50ms }, { id: f2, kind: kill, target: n1, when: { mark: leader, node: n2 }, for: 1s }]',
    ]),
  declared: () =>
    runToy(['bug: stale', STALE_READ, 'liveness: none', 'properties: { linearizable: violated }']),
  'not-as-declared': () => runToy([WORKLOAD, 'properties: { linearizable: violated }']),
  passed: () => runToy([WORKLOAD, CLIENTS]),
};

describe('the text of a run', () => {
  it.each(Object.keys(RUNS))('%s: as in test/golden', async (name) => {
    await expect(text(RUNS[name]!())).toMatchFileSnapshot(join(GOLDEN, `run-${name}.txt`));
  });

  it.each(Object.keys(RUNS))(
    '%s: at most 40 lines of 100 columns, but for the Reproduce line',
    (name) => {
      const lines = runText(RUNS[name]!(), PLAIN, false);
      expect(lines.length).toBeLessThanOrEqual(40);
      for (const line of lines.filter((one) => !one.startsWith('  Reproduce   ')))
        expect(line.length).toBeLessThanOrEqual(100);
    },
  );

  it('begins with one line that tools can find: scenario, property, seed, virtual time, trace hash', () => {
    const result = RUNS['linearizable']!();
    expect(runText(result, PLAIN, false)[0]).toBe(
      `✗ toy-run › linearizable   seed 1   ${(result.virtualUs / 1000).toFixed(3).replace(/\.?0+$/, '')} ms virtual   ${result.events} events   trace ${result.hash.slice(0, 8)}`,
    );
  });

  it('in ASCII has only ASCII', () => {
    const lines = runText(RUNS['linearizable']!(), { color: false, ascii: true }, true);
    expect(lines.join('\n')).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('keeps its bounds when everything is long and there is much of it', () => {
    const result = RUNS['linearizable']!();
    const long = 'a very long fact '.repeat(30).trim();
    const property = (name: string, operations: readonly number[]): PropertyResult => ({
      name,
      verdict: 'violated',
      declared: 'holds',
      sentence: long,
      because: Array.from({ length: 50 }, () => long),
      operations,
      event: null,
      procedure: 'test',
    });
    const all = result.history.operations().map(({ index }) => index);
    const fault = result.schedule[0]!;
    const schedule = Array.from({ length: 30 }, (_, index) => ({ ...fault, id: `fault-${index}` }));
    const lines = runText(
      {
        ...result,
        schedule,
        properties: [
          property('one', all),
          ...Array.from({ length: 6 }, (_, index) => property(`other-${index}`, [])),
        ],
      },
      PLAIN,
      false,
    );
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const line of lines.slice(1).filter((one) => !one.startsWith('  Reproduce   ')))
      expect(line.length).toBeLessThanOrEqual(100);
    expect(lines.join('\n')).toMatch(/lines more: --verbose shows them\)/);
  });

  it('--verbose names every property and leaves nothing out', () => {
    const lines = runText(RUNS['invariant']!(), PLAIN, true).join('\n');
    expect(lines).toContain('✗ at-most-five-writes  violated');
    expect(lines).toContain('✓ linearizable         holds');
  });
});

describe('a run as data', () => {
  it('has seeds and hashes as text, and the stack of an exception', () => {
    const result = runToy(['bug: throws', WORKLOAD], { seed: '9007199254740993' });
    expect(runJson(result)).toMatchObject({
      scenario: 'toy-run',
      seed: '9007199254740993',
      hash: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      exceptions: [
        {
          node: 'n1',
          message: 'the third write is too much',
          stack: expect.stringContaining('toy-protocol.ts') as string,
        },
      ],
    });
  });

  it('survives JSON unchanged', () => {
    const data = runJson(RUNS['linearizable']!());
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  });
});
