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

const JUDGED: [string, string] = ['judgeBelief: false', 'judgeBelief: true'];
const NO_PAUSES: [string, string] = ['pause-one: 2', 'pause-one: 0'];

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
  'never-settles': ['redlock-2-2-split-hangs', [], 1],
  'lease-rescaled-per-retry': ['redlock-happy', [], 20],
  'lease-shorter-than-acquisition': ['lease-shorter-than-acquisition', [], 1],
  'stops-at-quorum': ['one-copy-lost-stops-at-quorum', [], 1],
  'plain-delete': ['release-plain-delete', [], 1],
  'release-only-ackers': ['lost-reply-orphan-ackers-only', [], 1],
  'no-release-on-failure': ['redlock-happy', [], 20],
  'noscript-ignored': ['redlock-faults', [], 100],
  'late-set-forgotten': ['late-set-forgotten', [], 1],
  'extend-recreates': ['redlock-extend-faults', [], 100],
  'extend-by-minority': ['redlock-extend-faults', [JUDGED, NO_PAUSES], 100],
  'extend-ignores-elapsed': ['extend-ignores-elapsed', [], 1],
  'extend-drops-ttl': ['redlock-extend-faults', [], 20],
  'watchdog-outlives-unlock': ['watchdog-leak', [], 1],
  'unbounded-extension': ['stuck-holder-unbounded', [], 1],
  'watchdog-dies': ['watchdog-partition-dies', [], 1],
  'stale-lock-object': ['stale-lock-object', [], 1],
  'resource-forgets-token': ['resource-forgets-token', [], 1],
  'tokens-as-text': ['redlock-faults', [], 10],
  'token-not-written-back': ['redlock-faults', [], 1],
  'tokens-ignored': ['kleppmann-gc-pause-unchecked', [], 1],
  'restart-forgets': ['restart-always-power-loss', [], 1],
  'answer-before-fsync': ['restart-always-answers-early', [], 1],
  'fair-queue-client-clock': ['fair-lock-client-clock', [], 1],
  'fair-queue-timeouts-stay-behind': ['fair-lock-long-hold-drops', [], 1],
  'waits-for-news-alone': ['notify-server-forgets-hangs', [], 1],
  'subscribes-too-late': ['notify-subscribes-too-late', [], 1],
  'locks-the-first-only': ['lock-set-first-only', [], 1],
  'releases-the-first-only': ['lock-set-happy', [], 1],
  'extends-the-first-only': ['lock-set-extended', [], 1],
  'expires-when-asked': ['redlock-faults', [], 30],
  'opens-too-early': ['restart-delay-too-short', [], 1],
};

it('every planted bug has a place where it shows', () => {
  expect(new Set(Object.keys(WHERE))).toEqual(new Set(redlock.bugs.map(({ id }) => id)));
});

it.each(redlock.bugs.map(({ id }) => id))('%s is caught by a property that it names', (bug) => {
  const [file, changes, seeds] = WHERE[bug]!;
  const found = caught(bug, file, changes, seeds);
  const named = redlock.bugs.find(({ id }) => id === bug)!.caughtBy;
  expect(found.filter((name) => named.includes(name))).not.toEqual([]);
});
