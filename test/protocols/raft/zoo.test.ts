import { describe, expect, it } from 'vitest';
import { bugs } from '../../../src/protocols/raft/bugs.ts';
import { campaignRun } from './campaign.ts';
import { zooOptions } from './zoo-options.ts';

const SEEDS = 80;

/** Those that chance rarely shows are killed by script (`scripts.test.ts`, `zoo-scripts.test.ts`). */
describe('the zoo: planted bugs under random faults', () => {
  it.each(bugs.filter(({ setup }) => !setup?.byScript).map((bug) => [bug.id, bug] as const))(
    '%s is caught by a property that it names',
    (id, bug) => {
      const options = zooOptions(bug);
      const found = new Set<string | null>();
      for (let seed = 0; seed < SEEDS; seed += 1) {
        const verdict = campaignRun(`zoo/${id}/${seed}`, options).found;
        found.add(verdict);
        if (verdict !== null && bug.caughtBy.includes(verdict)) break;
      }
      expect(
        [...found].filter((name) => name !== null && bug.caughtBy.includes(name)),
      ).toHaveLength(1);
    },
  );
});
