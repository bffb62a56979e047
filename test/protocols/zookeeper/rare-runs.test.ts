import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

/** Each was one of twenty thousand runs of the fault profiles, and showed a mistake of ours. */
const RARE = {
  'an event of a connection from before its restart, which had the same number, is not taken by a client':
    ['zk-faults-rw', '3700'],
  'a contender finds its node although one of its earlier session has the same random name': [
    'zk-faults-semaphore',
    '3250',
  ],
  'a waiter whose client has restarted is told that it is its turn': [
    'zk-faults-semaphore',
    '4173',
  ],
  'a new leader does not take up a session whose end stands in its log and is not applied yet': [
    'zk-faults-rw',
    '1800',
  ],
  'a client has missing events said again once at a time, and not once for each that is said again':
    ['zk-faults-revoke-unordered', '221'],
} as const;

it.each(Object.entries(RARE))('%s', (_sentence, [name, seed]) => {
  const file = new URL(`../../../scenarios/zookeeper/${name}.yaml`, import.meta.url);
  const scenario = compileScenario(readFileSync(file, 'utf8'), `${name}.yaml`, PROTOCOLS);
  const { properties } = runScenario(scenario, { seed });
  const bad = properties.filter(({ verdict }) => verdict !== 'holds' && verdict !== 'vacuous');
  expect(bad).toEqual([]);
});
