import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  compileDocument,
  readSubject,
  withDocument,
  type Subject,
} from '../../src/campaign/documents/document.ts';
import { writeScenario } from '../../src/campaign/documents/write-scenario.ts';
import { DEFAULT_PLAN, planDocument } from '../../src/campaign/run/one-run.ts';
import { violationsOf } from '../../src/campaign/run/signature.ts';
import { shrink, type ShrinkResult } from '../../src/campaign/shrink/shrink.ts';
import { runScenario } from '../../src/scenario/run.ts';

/** Two bugs by default; with SPLITBRAIN_LONG=1 the ten of docs/campaigns.md, and their table. */
const LONG = process.env['SPLITBRAIN_LONG'] === '1';
const BUGS = LONG
  ? [
      'figure-8',
      'no-dedup',
      'local-leader-read',
      'no-up-to-date-check',
      'median-off-by-one',
      'timeout-is-failure',
      'read-before-quorum',
      'previous-term-ignored',
      'leader-resumes-after-restart',
      'fixed-timeouts',
    ]
  : ['no-up-to-date-check', 'median-off-by-one'];

const FILE = 'default-faults.yaml';
const base = readSubject(
  readFileSync(new URL(`../../scenarios/raft/${FILE}`, import.meta.url), 'utf8'),
  FILE,
);

/** The first two failing runs of a bug under swarm configurations. */
function failingRuns(bug: string): { subject: Subject; seed: string }[] {
  const found: { subject: Subject; seed: string }[] = [];
  for (let index = 1; index <= 80 && found.length < 2; index += 1) {
    const seed = `m${index}`;
    const planted = withDocument(base, { ...base.document, bug });
    const document = planDocument(planted, seed, { ...DEFAULT_PLAN, swarm: true });
    const subject = withDocument(base, document);
    const result = runScenario(compileDocument(subject), { seed });
    if (violationsOf(result).length > 0) found.push({ subject, seed });
  }
  return found;
}

function row(bug: string, { failure, before, after, runs, elapsedMs }: ShrinkResult): string {
  const sizes = (['faults', 'operations', 'clients', 'servers', 'events'] as const).map(
    (key) => `${before[key]} to ${after[key]}`,
  );
  return `| ${[bug, failure.signature, ...sizes, runs, (elapsedMs / 1_000).toFixed(1)].join(' | ')} |`;
}

describe.each(BUGS)('failing runs of the planted bug %s', (bug) => {
  it('shrink to files in which nothing can go and which fail alike', () => {
    const runs = failingRuns(bug);
    expect(runs.length).toBe(2);
    for (const { subject, seed } of runs) {
      const shrunk = shrink({ subject, seed });
      expect(shrunk.minimal).toBe(true);
      const again = readSubject(writeScenario(shrunk.document), 'shrunk.yaml');
      const result = runScenario(compileDocument(again), { seed: again.document.seed! });
      expect(violationsOf(result)[0]?.signature).toBe(shrunk.failure.signature);
      if (LONG) console.log(row(bug, shrunk));
    }
  });
});
