import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  compileDocument,
  readSubject,
  withDocument,
} from '../../src/campaign/documents/document.ts';
import { withExplicitCore } from '../../src/campaign/documents/explicit.ts';
import { writeScenario } from '../../src/campaign/documents/write-scenario.ts';
import { shrink } from '../../src/campaign/shrink/shrink.ts';
import { compileScenario } from '../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../src/scenario/registry.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { RunResult } from '../../src/scenario/run-result.ts';

const FILE = 'quorum-core.yaml';
const subject = readSubject(
  readFileSync(new URL(`../../scenarios/raft/${FILE}`, import.meta.url), 'utf8'),
  FILE,
);
const { document } = subject;
const buggy = withDocument(subject, { ...document, bug: 'commit-needs-everyone' });
const seeds = Array.from({ length: 30 }, (_, index) => `core-${index}`);

const violated = ({ properties }: RunResult): string[] =>
  properties.filter(({ verdict }) => verdict === 'violated').map(({ name }) => name);
const livenessOf = ({ properties }: RunResult): string =>
  properties.find(({ name }) => name === 'liveness')!.sentence;

describe('a run that heals a quorum core', () => {
  const runs = seeds.map((seed) => runScenario(compileDocument(subject), { seed }));

  it('draws a majority that is not everybody, another one for another seed', () => {
    for (const { core } of runs) {
      expect(core!.core.length).toBeGreaterThanOrEqual(3);
      expect(core!.core.length).toBeLessThan(5);
      for (const name of Object.keys(core!.left)) expect(core!.core).not.toContain(name);
    }
    expect(new Set(runs.map(({ core }) => core!.core.join())).size).toBeGreaterThan(5);
    const states = new Set(runs.flatMap(({ core }) => Object.values(core!.left)));
    expect(states).toEqual(new Set(['cut', 'down', 'paused']));
  });

  it('leaves servers outside broken to the end, and those of the core running', () => {
    for (const { core, world, scenario } of runs) {
      const status = (name: string) =>
        world.simulation.hosts[scenario.servers.indexOf(name)]!.status;
      expect(core!.core.map(status)).toEqual(core!.core.map(() => 'up'));
      for (const [name, state] of Object.entries(core!.left))
        expect(status(name)).toBe(
          state === 'cut'
            ? status(name)
            : state === 'down' || status(name) === 'down'
              ? 'down'
              : state,
        );
    }
  });

  it('is served by the core of correct Raft within the bound', () => {
    expect(runs.flatMap(violated)).toEqual([]);
    expect(livenessOf(runs[0]!)).toMatch(
      /^every client was served within .* of the heal of n\d, n\d.* and n\d \(left for good: n\d .*\) \(bound 10\.000 s\)$/,
    );
  });

  it('has the same hash when the core is written out as the seed drew it', () => {
    for (const run of runs.slice(0, 5)) {
      const explicit = withDocument(subject, withExplicitCore(document, run));
      expect(writeScenario(explicit.document)).toContain('heal: [ n');
      expect(runScenario(compileDocument(explicit), { seed: run.seed }).hash).toBe(run.hash);
    }
  });
});

describe('a leader that waits for everyone', () => {
  it('is caught by liveness of the core, and never when everything is healed', () => {
    const caught = (heal: 'all' | 'quorum-core'): number =>
      seeds.filter((seed) => {
        const liveness = { within: '10s', heal };
        const run = withDocument(buggy, { ...buggy.document, liveness });
        return violated(runScenario(compileDocument(run), { seed })).includes('liveness');
      }).length;
    expect(caught('quorum-core')).toBeGreaterThan(5);
    expect(caught('all')).toBe(0);
  });

  it('shrinks to a scenario that names the core, and fails alike', () => {
    const seed = seeds.find((one) =>
      violated(runScenario(compileDocument(buggy), { seed: one })).includes('liveness'),
    )!;
    const shrunk = shrink({ subject: buggy, seed });
    expect(shrunk.failure.property).toBe('liveness');
    expect(shrunk.minimal).toBe(true);
    expect(shrunk.after.faults).toBeLessThanOrEqual(1);
    expect(shrunk.after.operations).toBe(0);
    const text = writeScenario(shrunk.document);
    const again = compileScenario(text, 'shrunk.yaml', PROTOCOLS);
    const result = runScenario(again, { seed: again.defaultSeed });
    expect(result.hash).toBe(shrunk.result.hash);
    expect(livenessOf(result)).toMatch(/after the heal of .*, c\d still had no answer to a read$/);
  });
});

describe('a quorum core is refused', () => {
  const refused = (change: object): string => {
    try {
      compileDocument(withDocument(subject, { ...document, ...change }));
    } catch (error) {
      return (error as Error).message;
    }
    return 'compiled';
  };

  it('where the operator may move the quorum out of it', () => {
    expect(refused({ config: { reconfigureEvery: '1s' } })).toContain(
      'no core can be relied on: the operator (reconfigureEvery) may move the quorum to servers outside the core',
    );
  });

  it('when the servers named cannot serve by themselves, and when nobody has such a name', () => {
    expect(refused({ liveness: { heal: ['n1', 'n2'] } })).toContain(
      'n1, n2 cannot serve without the others',
    );
    expect(refused({ liveness: { heal: ['n1', 'n2', 'n9'] } })).toContain(
      'no server is called "n9"',
    );
    expect(refused({ liveness: { heal: ['n1', 'n2', 'n3'], left: { n3: 'cut' } } })).toContain(
      'n3 is in the core',
    );
  });

  it('when servers are left broken and no core is named', () => {
    expect(refused({ liveness: { left: { n3: 'cut' } } })).toContain('`heal` names none');
  });

  it('of a protocol that needs every server', () => {
    const liveness = { heal: 'quorum-core' };
    expect(refused({ protocol: 'commit', workload: undefined, config: {}, liveness })).toContain(
      'commit needs every server: no part of them is a core',
    );
  });
});
