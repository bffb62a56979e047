import { describe, expect, it } from 'vitest';
import { bugs } from '../../../src/protocols/raft/bugs.ts';
import { campaignRun } from './campaign.ts';
import { zooSetups } from './zoo-setups.ts';

const SEEDS = 80;

/** Killed by scripts (`scripts.test.ts`, `zoo-scripts.test.ts`): chance alone would need too many seeds here. */
const byScript = new Set([
  'vote-erased-on-step-down',
  'stale-vote-counted',
  'length-before-term',
  'ack-of-earlier-term-counted',
  'ack-of-earlier-session-counted',
  'figure-8',
  'late-sync-marks-new-entries',
  'install-wipes-log',
  'transfer-never-times-out',
  'stickiness-blocks-transfer',
  'stale-timeout-now',
  'pre-vote-term-ignored',
  'strangers-get-no-vote',
  'voter-without-catch-up',
  'lease-kept-during-transfer',
  'lease-without-stickiness',
  'lease-without-margin',
]);

describe('the zoo: planted bugs under random faults', () => {
  it.each(bugs.filter((bug) => !byScript.has(bug.id)).map((bug) => [bug.id, bug] as const))(
    '%s is caught by a property that it names',
    (id, bug) => {
      const setup = zooSetups[id] ?? {};
      const options = {
        unsynced: 'none' as const,
        ...setup,
        bug: id,
        config: { attemptTimeout: '60ms', ...setup.config },
      };
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
