import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { zookeeper } from '../../../src/protocols/zookeeper/index.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

const FOLDER = new URL('../../../scenarios/zookeeper/', import.meta.url);

/** A bundled scenario run with a bug planted and, where it needs one, another configuration. */
function caught(bug: string, file: string, changes: readonly [string, string][], seeds: number) {
  let text = readFileSync(new URL(`${file}.yaml`, FOLDER), 'utf8').replace(
    /^protocol: zookeeper$(\nbug: .*$)?/m,
    `protocol: zookeeper\nbug: ${bug}`,
  );
  for (const [from, to] of changes) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  const scenario = compileScenario(text, `${file}.yaml`, PROTOCOLS);
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { properties } = runScenario(scenario, { seed: String(seed) });
    const found = properties.filter(
      ({ name, verdict }) =>
        verdict === 'violated' || (verdict === 'vacuous' && name === 'coverage'),
    );
    if (found.length > 0) return found.map(({ name }) => name);
  }
  return [];
}

/** Where each bug shows: the scenario, what to change in it, and within how many seeds. */
const WHERE: Readonly<Record<string, readonly [string, readonly [string, string][], number]>> = {
  'watch-the-lowest': ['zk-queue', [], 1],
  'no-look-when-gone': ['zk-happy', [], 100],
  'event-means-acquired': ['zk-event-means-acquired', [], 1],
  'sort-by-full-name': ['zk-queue', [], 1],
  'wrong-predecessor': ['zk-queue', [], 1],
  'create-reply-lost': ['zk-late-create', [], 1],
  'expired-holder-goes-on': ['zk-session-lost', [], 1],
  'watches-not-restored': ['zk-faults', [], 100],
  'release-swallowed': ['zk-faults', [], 100],
  'missed-while-away': ['zk-faults', [], 100],
  'serves-clients-ahead': ['zk-faults', [], 100],
  'session-moved-ignored': ['zk-late-create', [], 1],
  'sessions-not-taken-over': ['zk-faults', [], 100],
};

it('every planted bug has a place where it shows', () => {
  expect(Object.keys(WHERE)).toEqual(zookeeper.bugs.map(({ id }) => id));
});

it.each(zookeeper.bugs.map(({ id }) => id))('%s is caught by a property that it names', (bug) => {
  const [file, changes, seeds] = WHERE[bug]!;
  const found = caught(bug, file, changes, seeds);
  const named = zookeeper.bugs.find(({ id }) => id === bug)!.caughtBy;
  expect(found.filter((name) => named.includes(name))).not.toEqual([]);
});
