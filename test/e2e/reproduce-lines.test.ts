import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import { Workshop } from './cli.ts';

/** Scenarios with a planted bug, by what catches it: invariants, history checkers, liveness, a quorum core. */
const FIXTURES = [
  'raft/apply-before-commit',
  'raft/split-brain-half-is-enough',
  'raft/figure8-bug',
  'raft/cinemas-counter-no-dedup',
  'raft/split-vote-fixed',
  'raft/quorum-core-write-all',
  'raft/leader-read-local',
  'redlock/redlock-drift-no-margin',
  'tcc/tcc-seed-cancel-only-succeeded',
  'zookeeper/zk-event-means-acquired',
];

/** Runs that prove nothing have the line too. */
const OTHERS: Readonly<Record<string, string>> = {
  vacuous: `
name: vacuous
title: a fault that never begins
protocol: raft
topology: { servers: 3, clients: 1 }
duration: 300ms
workload: { mix: { read: 1 } }
faults: [{ id: f1, when: { mark: leader, nth: 99 }, kind: halves }]
`,
  'cut-off': `
name: cut-off
title: stopped before its end
protocol: raft
topology: { servers: 3, clients: 1 }
duration: 300ms
maxEvents: 60
workload: { mix: { read: 1 } }
`,
  "it's spaced": `
name: spaced
title: a file whose name a shell takes apart
protocol: raft
bug: half-is-enough
topology: { servers: 4, clients: 1 }
duration: 1s
workload: { mix: { write: 1 } }
nemesis: network
properties: { election-quorum: holds }
`,
};

let shop: Workshop;
beforeAll(() => {
  shop = new Workshop();
  mkdirSync(shop.path('elsewhere'));
});
afterAll(() => {
  shop.remove();
});

/** The scenario as if nobody knew of its weakness: its violations are failures. */
function undeclared(name: string): string {
  const file = new URL(`../../scenarios/${name}.yaml`, import.meta.url);
  const { properties, ...rest } = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  expect(properties).toBeDefined();
  return stringify(rest);
}

describe('the line that repeats a failure, run from another directory', () => {
  it.each([
    ...FIXTURES.map((name) => [name.replace('/', '-'), undeclared(name)] as const),
    ...Object.entries(OTHERS),
  ])('of %s gives the same verdicts and the same hash', (name, text) => {
    const { code, stdout } = shop.cli(['run', shop.write(`${name}.yaml`, text), '--no-files']);
    expect([1, 2]).toContain(code);
    const line = stdout.split('\n').find((one) => one.startsWith('  Reproduce   '))!;
    const again = shop.shell(
      `cd elsewhere && ${line.replace('  Reproduce   npx splitbrain', () => '$SPLITBRAIN')}`,
    );
    expect(again.code).toBe(code);
    const [headline] = stdout.split('\n');
    expect(again.stdout).toContain(headline);
    expect(again.stdout).toContain('verified');
  });
});
