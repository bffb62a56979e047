import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { zookeeper } from '../../../src/protocols/zookeeper/index.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

const FOLDER = new URL('../../../scenarios/zookeeper/', import.meta.url);
const texts = readdirSync(FOLDER).map((file) => readFileSync(new URL(file, FOLDER), 'utf8'));

/** The bug's own scenario, with nothing declared; or the scenario named, with the bug planted. */
function planted(bug: string, file: string | undefined): string {
  const own = texts.find((text) => text.includes(`\nbug: ${bug}\n`));
  const text = file === undefined ? own! : readFileSync(new URL(`${file}.yaml`, FOLDER), 'utf8');
  return text
    .replace(/^properties:[\s\S]*/m, '')
    .replace(/^protocol: zookeeper$(\nbug: .*$)?/m, `protocol: zookeeper\nbug: ${bug}`);
}

function caught(bug: string, file: string | undefined, seeds: number): readonly string[] {
  const scenario = compileScenario(planted(bug, file), `${bug}.yaml`, PROTOCOLS);
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { properties } = runScenario(scenario, { seed: String(seed) });
    const found = properties.filter(({ verdict }) => verdict === 'violated');
    if (found.length > 0) return found.map(({ name }) => name);
  }
  return [];
}

/** Where a bug shows that has no scenario of its own, and within how many seeds. */
const WHERE: Readonly<Record<string, readonly [string, number]>> = {
  'watch-everybody': ['zk-queue', 1],
  'watch-the-lowest': ['zk-queue', 1],
  'watch-after-check': ['zk-happy', 100],
  'sort-by-full-name': ['zk-queue', 1],
  'wrong-predecessor': ['zk-queue', 1],
  'watch-once': ['zk-middle-waiter-dies', 1],
  'interrupted-after-create': ['zk-faults-impatient', 20],
  'timed-out-waiter-stays': ['zk-faults-impatient', 5],
  'expired-holder-goes-on': ['zk-session-lost', 1],
  'sessions-not-taken-over': ['zk-faults', 100],
};

it.each(zookeeper.bugs.map(({ id }) => id))('%s is caught by a property that it names', (bug) => {
  const [file, seeds] = WHERE[bug] ?? [undefined, 1];
  const found = caught(bug, file, seeds);
  const named = zookeeper.bugs.find(({ id }) => id === bug)!.caughtBy;
  expect(found.filter((name) => named.includes(name))).not.toEqual([]);
});

it('the correct code passes where each of them is caught', () => {
  const own = texts.filter((text) => /^bug: /m.test(text));
  for (const text of own) {
    const correct = text.replace(/^bug: .*\n/m, '').replace(/^properties:[\s\S]*/m, '');
    const scenario = compileScenario(correct, 'correct.yaml', PROTOCOLS);
    const { properties } = runScenario(scenario, { seed: '1' });
    expect(properties.filter(({ verdict }) => verdict === 'violated')).toEqual([]);
  }
});
