import { describe, expect, it } from 'vitest';
import { bugs } from '../../../src/protocols/raft/bugs.ts';
import { recoveryBugs } from '../../../src/protocols/raft/bugs/recovery.ts';
import { campaignRun } from './campaign.ts';
import { zooOptions } from './zoo-options.ts';

const SEEDS = 80;

/** What only a whole scenario shows (after the heal, idle, or by its setup's faults): `splitbrain zoo` searches for them. */
const IN_SCENARIOS = new Set([
  ...recoveryBugs.map(({ definition }) => definition.id),
  'read-cache-without-key',
  'read-cache-kept',
  'history-tells-otherwise',
  'ack-of-earlier-term-counted',
  'ack-of-earlier-session-counted',
  'install-wipes-log',
  'lease-kept-during-transfer',
  'lease-without-stickiness',
  'lease-without-margin',
  'stickiness-blocks-transfer',
  'transfer-never-times-out',
  'stale-timeout-now',
  'stale-vote-counted',
  'length-before-term',
  'voter-without-catch-up',
  'joint-never-left',
]);

/** Those that chance rarely shows are killed by script (`scripts.test.ts`, `zoo-scripts.test.ts`). */
describe('the zoo: planted bugs under random faults', () => {
  it.each(
    bugs
      .filter(({ id, setup }) => !setup?.byScript && !IN_SCENARIOS.has(id))
      .map((bug) => [bug.id, bug] as const),
  )('%s is caught by a property that it names', (id, bug) => {
    const options = zooOptions(bug);
    const found = new Set<string | null>();
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const verdict = campaignRun(`zoo/${id}/${seed}`, options).found;
      found.add(verdict);
      if (verdict !== null && bug.caughtBy.includes(verdict)) break;
    }
    expect([...found].filter((name) => name !== null && bug.caughtBy.includes(name))).toHaveLength(
      1,
    );
  });
});
