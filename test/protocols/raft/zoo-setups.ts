import type { Fault } from '../../../src/sim/faults/fault.ts';
import type { CampaignOptions } from './campaign.ts';

const churn = { transferEvery: '300ms', reconfigureEvery: '150ms' };
const joint = { ...churn, membershipChange: 'joint' };
const lease = { reads: 'lease', checkQuorum: true, stickyLeader: true };

/** The leader loses its disk, comes back at once, and the one that follows it is cut off: elections with an amnesiac. */
const diskLoss: readonly Fault[] = [
  {
    id: 'wipe',
    start: { atUs: 500_000 },
    end: { forUs: 30_000 },
    action: { kind: 'disk-loss', target: { kind: 'random', count: 1 } },
  },
  {
    id: 'cut',
    start: { atUs: 510_000 },
    end: { forUs: 300_000 },
    action: { kind: 'isolate', target: { kind: 'role', role: 'leader' } },
  },
];

/** The clock of the leader runs slow while its messages do not get through: its lease outlives the followers' patience. */
const slowLeader: readonly Fault[] = [700_000, 1_300_000, 1_900_000].flatMap(
  (atUs, at): Fault[] => [
    {
      id: `slow${at}`,
      start: { atUs },
      end: { forUs: 500_000 },
      action: { kind: 'clock-drift', target: { kind: 'role', role: 'leader' }, ppm: -100_000 },
    },
    {
      id: `cut${at}`,
      start: { atUs: atUs + 100_000 },
      end: { forUs: 300_000 },
      action: {
        kind: 'one-way',
        from: { kind: 'role', role: 'leader' },
        to: { kind: 'followers' },
      },
    },
  ],
);

/** What a bug needs beyond the default faults and the default configuration. */
export const zooSetups: Readonly<Record<string, CampaignOptions>> = {
  'vote-erased-on-step-down': {
    servers: 7,
    config: { electionTimeout: ['150ms', '155ms'] },
  },
  'last-term-forgotten-by-compaction': { config: { snapshotEvery: 5 } },
  'wiped-server-votes': { faults: diskLoss },
  'ack-of-earlier-term-counted': { config: { transferEvery: '40ms' } },
  'learner-counted': { config: { learners: 2 } },
  'removed-leader-counts-itself': { config: { reconfigureEvery: '60ms' } },
  'median-off-by-one': { servers: 4 },
  'applies-twice-after-restart': { config: { snapshotEvery: 10 } },
  'read-ticket-reused': { config: { followerReads: true } },
  'read-before-apply': { config: { followerReads: true } },
  'local-follower-read': { config: { followerReads: true } },
  'lease-from-acknowledgement': { config: lease },
  'lease-without-margin': {
    config: {
      ...lease,
      clockDriftPpm: 150_000,
      electionTimeout: ['150ms', '152ms'],
      heartbeat: '20ms',
    },
    faults: slowLeader,
  },
  'lease-kept-during-transfer': { config: { ...lease, ...churn } },
  'lease-without-stickiness': { config: lease },
  'snapshot-off-by-one': { config: { snapshotEvery: 10 } },
  'uncommitted-membership-in-snapshot': { config: { snapshotEvery: 5, ...churn } },
  'sessions-missing-in-snapshot': { config: { snapshotEvery: 10 } },
  'old-snapshot-accepted': { config: { snapshotEvery: 10, snapshotChunk: 1 } },
  'install-wipes-log': { config: { snapshotEvery: 5, snapshotChunk: 3 } },
  'install-keeps-conflict': { config: { snapshotEvery: 5 } },
  'snapshot-chunks-mixed': { config: { snapshotEvery: 10, snapshotChunk: 1 } },
  'snapshot-never-retried': { config: { snapshotEvery: 10, snapshotChunk: 2 } },
  'log-cut-before-snapshot-durable': {
    config: { snapshotEvery: 5 },
    faults: 'crashes',
    unsynced: 'subset',
  },
  'purged-leader-sends-nothing': { config: { snapshotEvery: 1 } },
  'pre-votes-counted': { config: { preVote: true } },
  'term-from-snapshot': { config: { snapshotEvery: 10 } },
  'change-before-own-term-commit': { config: churn },
  'two-pending-changes': { config: churn },
  'direct-switch': { config: joint },
  'joint-counts-union': { config: joint },
  'joint-counts-new-only': { config: joint },
  'joint-never-left': { config: joint },
  'membership-active-at-commit': { config: churn },
  'membership-not-rolled-back': { config: churn },
  'membership-lost-on-restart': { config: churn },
  'removed-leader-stays': { config: churn },
  'strangers-get-no-vote': { config: churn },
  'learner-campaigns': { config: { learners: 2 } },
  'voter-without-catch-up': { config: churn },
  'sessions-expire-by-local-clock': { config: { sessionExpiry: '300ms' }, faults: 'clocks' },
  'stickiness-blocks-transfer': { config: { ...churn, stickyLeader: true } },
  'transfer-never-times-out': { config: churn },
  'stale-timeout-now': { config: churn },
  'pre-vote-term-ignored': { config: { preVote: true } },
  'timeout-is-failure': { config: { operationTimeout: '150ms' } },
};
