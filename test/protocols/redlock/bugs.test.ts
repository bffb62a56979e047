import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

import { redlock } from '../../../src/protocols/redlock/index.ts';
import { compileScenario } from '../../../src/scenario/compile.ts';
import { PROTOCOLS } from '../../../src/scenario/registry.ts';
import { runScenario } from '../../../src/scenario/run.ts';

const FOLDER = new URL('../../../scenarios/redlock/', import.meta.url);

/** A bundled scenario run with a bug planted and, where it needs one, another configuration. */
function caught(bug: string, file: string, changes: readonly [string, string][], seeds: number) {
  let text = readFileSync(new URL(`${file}.yaml`, FOLDER), 'utf8').replace(
    /^protocol: redlock$(\nbug: .*$)?/m,
    `protocol: redlock\nbug: ${bug}`,
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

const LONG: [string, string] = ['hold: [1ms, 300ms]', 'hold: [1ms, 900ms]'];
const JUDGED: [string, string] = ['judgeBelief: false', 'judgeBelief: true'];
const NO_PAUSES: [string, string] = ['pause-one: 2', 'pause-one: 0'];
const EXTEND: [string, string] = ['ttl: 1s', 'ttl: 1s, extend: auto, extendThreshold: 700ms'];

/** Where each bug shows: the scenario, what to change in it, and within how many seeds. */
const WHERE: Readonly<Record<string, readonly [string, readonly [string, string][], number]>> = {
  'seed-literal-quorum': ['seed-redlock-literal-quorum', [], 1],
  'seed-gap': ['seed-redlock-gap', [], 1],
  'half-is-enough': ['redlock-happy', [], 20],
  'quorum-of-reachable': ['redlock-faults', [], 100],
  'validity-never-checked': ['redlock-slow-node-unchecked', [], 1],
  'clock-read-too-late': ['redlock-slow-node-validity', [], 1],
  'no-drift-margin': ['redlock-drift-no-margin', [], 1],
  'wall-clock-for-validity': ['client-clock-set-back', [], 1],
  'set-then-expire': ['redlock-happy', [], 1],
  'ttl-in-seconds': ['redlock-happy', [], 1],
  'self-blocking-retry': ['redlock-happy', [], 20],
  'no-jitter': ['redlock-livelock-no-jitter', [], 1],
  'client-id-as-value': ['redlock-happy', [], 1],
  'plain-delete': ['release-plain-delete', [], 1],
  'release-only-ackers': ['lost-reply-orphan-ackers-only', [], 1],
  'no-release-on-failure': ['redlock-happy', [], 20],
  'noscript-ignored': ['redlock-faults', [], 100],
  'extend-recreates': ['redlock-faults', [EXTEND, LONG], 100],
  'extend-by-minority': ['redlock-faults', [EXTEND, LONG, JUDGED, NO_PAUSES], 100],
  'extend-ignores-elapsed': [
    'extend-partition',
    [['extend: auto', 'extend: auto, maxExtensions: 1']],
    1,
  ],
  'extend-drops-ttl': ['redlock-faults', [EXTEND, LONG], 20],
  'watchdog-outlives-unlock': ['watchdog-leak', [], 1],
  'resource-forgets-token': ['redlock-faults', [LONG], 100],
  'tokens-as-text': ['redlock-faults', [['liveness: 20s', 'liveness: 2s']], 20],
  'token-not-written-back': ['redlock-faults', [], 1],
};

it('every planted bug has a place where it shows', () => {
  expect(Object.keys(WHERE)).toEqual(redlock.bugs.map(({ id }) => id));
});

it.each(redlock.bugs.map(({ id }) => id))('%s is caught by a property that it names', (bug) => {
  const [file, changes, seeds] = WHERE[bug]!;
  const found = caught(bug, file, changes, seeds);
  const named = redlock.bugs.find(({ id }) => id === bug)!.caughtBy;
  expect(found.filter((name) => named.includes(name))).not.toEqual([]);
});
