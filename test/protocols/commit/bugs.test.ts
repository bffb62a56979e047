import { describe, expect, it } from 'vitest';

import { bugs } from '../../../src/protocols/commit/bugs.ts';
import { scenarioText, watch, withVerdict } from './harness.ts';

/** What a bug needs beyond the nemesis. */
const CONFIG: Readonly<Record<string, string>> = {
  'no-collecting-record': 'presume: commit',
  'recovery-races-life': 'orphanSafety: 5ms, recoveryPeriod: 10ms',
  'heuristic-forgotten': 'heuristic: rollback, heuristicTimeout: 250ms',
};
const SEEDS = { easy: 100, medium: 300, hard: 300 };

function text(bug: string | null, config: string): string {
  const planted = bug === null ? '' : `bug: ${bug}\n`;
  return scenarioText('2pc-nemesis').replace(
    'topology:',
    `config: { ${config} }\n${planted}topology:`,
  );
}

describe('the zoo of atomic commitment', () => {
  it.each(bugs.map((bug) => [bug.id, bug] as const))('%s is caught by its invariant', (id, bug) => {
    const config = CONFIG[id] ?? '';
    for (let seed = 1; seed <= SEEDS[bug.rarity]; seed += 1) {
      const [caught] = withVerdict(watch(text(id, config), `zoo-${seed}`).result, 'violated');
      if (caught === undefined) continue;
      expect(bug.caughtBy).toContain(caught);
      return;
    }
    expect.fail(`${id} was not found within ${SEEDS[bug.rarity]} seeds`);
  });

  it('accuses no correct code: the same configurations without the bug', () => {
    const configs = ['', 'presume: commit', 'presume: nothing', 'termination: cooperative'];
    for (const config of configs)
      for (let seed = 1; seed <= 15; seed += 1)
        expect(withVerdict(watch(text(null, config), `zoo-${seed}`).result, 'violated')).toEqual(
          [],
        );
  });
});
