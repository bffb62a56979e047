import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { benchShrink, scheduleSize, SHRINK_CASES } from '../../src/campaign/bench/shrink-bench.ts';
import { readSubject, type Subject } from '../../src/campaign/documents/document.ts';

const read = (name: string): Subject => {
  const file = new URL(`../../scenarios/raft/${name}.yaml`, import.meta.url);
  return readSubject(readFileSync(file, 'utf8'), `${name}.yaml`);
};

/** A white-box rule of voting, one of logs, one of clients, and liveness; `splitbrain bench shrink` has all of them. */
const BUGS = ['no-up-to-date-check', 'no-dedup', 'half-is-enough', 'commit-needs-everyone'];

describe('the size of a schedule', () => {
  it('counts faults, operations, servers, clients, and entries that were planted in logs', () => {
    expect(scheduleSize(read('figure8-bug').document)).toBe(13 + 2 + 5 + 1);
    expect(scheduleSize(read('log-matching-no-check').document)).toBe(1 + 3 + 10);
  });
});

describe.each(BUGS)('failing seeds of the planted bug %s', (bug) => {
  it('shrink to at most twice what a person wrote, within a minute, and replay alike', () => {
    const cases = [{ bug, handMade: read(SHRINK_CASES[bug]!) }];
    const { rows, missing } = benchShrink(read('default-faults'), cases, 1);
    expect(missing).toEqual([]);
    for (const row of rows) {
      expect(row).toMatchObject({ minimal: true, replayed: true });
      expect(row.ratio).toBeLessThanOrEqual(2);
      expect(row.after).toBeLessThan(row.before);
      expect(row.seconds).toBeLessThan(60);
    }
  });
});
