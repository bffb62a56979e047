import { describe, expect, it } from 'vitest';
import { campaignRun } from './campaign.ts';
import type { CampaignOptions } from './campaign.ts';

/** More with RAFT_SEEDS=200, for a night. */
const SEEDS = Number(process.env['RAFT_SEEDS'] ?? 6);

const churn = { transferEvery: '300ms', reconfigureEvery: '200ms' };

const matrix: Readonly<Record<string, CampaignOptions>> = {
  'plain Raft': {},
  'plain Raft, disks that reorder writes': {
    faults: 'crashes',
    unsynced: 'subset',
    tornPpm: 500_000,
  },
  'pre-vote': { config: { preVote: true } },
  'pre-vote, check quorum and sticky leader': {
    config: { preVote: true, checkQuorum: true, stickyLeader: true },
  },
  'lease reads with drifting clocks': {
    config: { reads: 'lease', checkQuorum: true, stickyLeader: true, clockDriftPpm: 120_000 },
    faults: 'default',
  },
  'follower reads and forwarded requests': {
    config: { followerReads: true, requests: 'forward' },
  },
  'reads through the log, sessions that expire': {
    config: { reads: 'log', sessionExpiry: '400ms', attemptTimeout: '60ms' },
  },
  'no pipelining, slow backtracking, small messages': {
    config: { pipeline: false, backtracking: 'slow', entriesPerAppend: 2, batch: '3ms' },
  },
  'snapshots in small chunks': {
    config: { snapshotEvery: 10, snapshotChunk: 2, syncsInFlight: 3 },
    unsynced: 'subset',
  },
  'single-server membership changes and transfers': { config: { ...churn, snapshotEvery: 25 } },
  'joint consensus and transfers': {
    config: { ...churn, membershipChange: 'joint', preVote: true, snapshotEvery: 25 },
  },
  'everything at once': {
    config: {
      ...churn,
      membershipChange: 'joint',
      preVote: true,
      checkQuorum: true,
      stickyLeader: true,
      reads: 'lease',
      clockDriftPpm: 120_000,
      snapshotEvery: 15,
      snapshotChunk: 3,
      sessionExpiry: '600ms',
      requests: 'forward',
      batch: '1ms',
    },
  },
  'four servers and a learner': { config: { learners: 1 } },
};

describe('correct code under faults: every invariant, the black-box checker and liveness', () => {
  it.each(Object.keys(matrix))('%s', (name) => {
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const { world, found } = campaignRun(`${name}/${seed}`, matrix[name]!);
      expect(
        { found, violations: world.violations, crashes: world.simulation.failures },
        `seed ${name}/${seed}`,
      ).toEqual({ found: null, violations: [], crashes: [] });
      expect(world.done.length).toBeGreaterThan(50);
    }
  });

  it('reads that promise nothing may be stale: the checker sees it, the invariants do not complain', () => {
    const verdicts = new Set<string | null>();
    for (let seed = 0; seed < 40 && !verdicts.has('linearizable'); seed += 1)
      verdicts.add(campaignRun(`local/${seed}`, { config: { reads: 'leaderLocal' } }).found);
    expect(verdicts).toContain('linearizable');
    verdicts.delete('linearizable');
    verdicts.delete(null);
    expect([...verdicts]).toEqual([]);
  });

  it('the same seed gives the same run', () => {
    const run = (): unknown[] => {
      const { world } = campaignRun('twice', { config: { ...churn, snapshotEvery: 20 } });
      return [world.simulation.trace.events, world.done, world.marks];
    };
    const first = run();
    campaignRun('between', {});
    expect(run()).toEqual(first);
  });

  it('no message is changed after it was sent', () => {
    const { found } = campaignRun('frozen', {
      freeze: true,
      config: { ...churn, snapshotEvery: 20, snapshotChunk: 2 },
    });
    expect(found).toBeNull();
  });
});
