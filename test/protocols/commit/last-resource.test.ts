import { describe, expect, it } from 'vitest';

import { commit } from '../../../src/protocols/commit/index.ts';
import { parseConfig } from '../../../src/protocols/commit/config.ts';
import { complaintOf } from '../complaint.ts';
import { crashSweep, figureOf, withVerdict } from '../watch.ts';
import { oneOrder, watch } from './harness.ts';

const LAST = 'lastResource: true';

describe('a last resource that cannot prepare', () => {
  it('is asked to commit when the two others have voted, and its commit is the decision', () => {
    const { result, monitor } = watch(oneOrder(LAST));
    expect(withVerdict(result, 'violated')).toEqual([]);
    expect(figureOf(result, 'committed')).toBe(1);
    const sent = (type: string) => monitor.metrics.messages.get(type) ?? 0;
    expect([sent('Prepare'), sent('Vote'), sent('OnePhase'), sent('Decision')]).toEqual([
      2, 2, 1, 2,
    ]);
  });

  it('that has lost its work aborts for all, and nothing moves', () => {
    const { result } = watch(
      oneOrder(
        LAST,
        'faults: [{ id: k, when: { message: OnePhase, on: sent }, kind: kill, target: n4, for: 1ms }]',
      ),
    );
    expect(withVerdict(result, 'violated')).toEqual([]);
    expect(figureOf(result, 'committed')).toBe(0);
  });

  it.each(['abort', 'nothing', 'commit'])(
    'presumed %s, with a crash of anybody at every event: nothing breaks',
    (presume) => {
      for (const node of ['n1', 'n2', 'n4']) {
        const order = (faults: string) => oneOrder(`${LAST}, presume: ${presume}`, faults);
        const { runs, broken } = crashSweep(commit, order, node, 150);
        expect(broken).toEqual([]);
        expect(runs).toBeGreaterThan(60);
      }
    },
  );

  it('is refused where one-phase commit is off', () => {
    const input = { lastResource: true, onePhase: false };
    expect(complaintOf(() => parseConfig(input, 3))).toMatch(/^lastResource: .*cannot prepare/);
  });
});
