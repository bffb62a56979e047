import type { BugSetup } from '../../protocol.ts';

const churn = { transferEvery: '300ms', reconfigureEvery: '150ms' };
const joint = { ...churn, membershipChange: 'joint' };
const lease = { reads: 'lease', checkQuorum: true, stickyLeader: true };

/** A server loses its disk and comes back at once, and the leader is cut off: elections with an amnesiac. */
const diskLoss: BugSetup['faults'] = [
  { id: 'wipe', at: '500ms', kind: 'disk-loss', target: 'random 1', for: '30ms' },
  { id: 'cut', at: '510ms', kind: 'isolate', target: 'leader', for: '300ms' },
];

/** The clock of the leader runs slow while its messages do not get through: its lease outlives the followers' patience. */
const slowLeader: BugSetup['faults'] = [600, 1_100, 1_500].flatMap((atMs) => [
  {
    id: `slow-${atMs}`,
    at: `${atMs}ms`,
    kind: 'clock-drift',
    target: 'leader',
    ppm: -100_000,
    for: '500ms',
  },
  {
    id: `cut-${atMs}`,
    at: `${atMs + 100}ms`,
    kind: 'one-way',
    from: 'leader',
    to: 'followers',
    for: '300ms',
  },
]);

/** Messages of these types come late, some so late that their time has passed. */
const late = (
  types: readonly string[],
  delay: readonly [string, string],
): NonNullable<BugSetup['faults']> => [
  { id: 'late', at: '300ms', kind: 'messages', types, delay, for: '1500ms' },
];

/** Every 300 ms the leader of the moment hears of no election; acknowledgements reach it. */
const unawareLeader: BugSetup['faults'] = [300, 600, 900, 1_200, 1_500].flatMap((atMs) => [
  {
    id: `unaware-${atMs}`,
    at: `${atMs}ms`,
    kind: 'messages',
    from: 'servers',
    to: 'leader',
    types: ['RequestVote', 'AppendEntries', 'RequestVoteReply'],
    drop: '100%',
    for: '290ms',
  },
]);

/** One follower of the unaware leader does not hear it, and runs. */
const impatientFollower: BugSetup['faults'] = [300, 600, 900, 1_200, 1_500].map((atMs) => ({
  id: `impatient-${atMs}`,
  at: `${atMs}ms`,
  kind: 'messages',
  from: 'leader',
  to: 'random 1',
  types: ['AppendEntries'],
  drop: '100%',
  for: '290ms',
  mayMiss: true,
}));

/** One member's acknowledgements are long under way. */
const slowAcknowledgements: BugSetup['faults'] = [200, 700, 1_200].map((atMs) => ({
  id: `slow-acks-${atMs}`,
  at: `${atMs}ms`,
  kind: 'messages',
  from: 'random 2',
  to: 'servers',
  types: ['AppendEntriesReply'],
  delay: ['100ms', '500ms'],
  for: '450ms',
}));

/** What a bug needs beyond the default faults and the default configuration, by its id. */
export const setups: Readonly<Record<string, BugSetup>> = {
  'vote-erased-on-step-down': { byScript: true, config: { electionTimeout: ['150ms', '200ms'] } },
  'last-term-forgotten-by-compaction': { config: { snapshotEvery: 5 } },
  'wiped-server-votes': { faults: diskLoss },
  'ack-of-earlier-term-counted': {
    config: { transferEvery: '60ms' },
    faults: slowAcknowledgements,
  },
  // No property of a run that is healed as a whole: the scenario heals a quorum core.
  'commit-needs-everyone': { byScript: true },
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
      electionTimeout: ['150ms', '160ms'],
      heartbeat: '20ms',
    },
    faults: slowLeader,
  },
  'lease-kept-during-transfer': {
    config: { ...lease, transferEvery: '100ms' },
    faults: unawareLeader,
  },
  'lease-without-stickiness': {
    config: lease,
    faults: [...unawareLeader, ...impatientFollower],
  },
  'snapshot-off-by-one': { config: { snapshotEvery: 10 } },
  'uncommitted-membership-in-snapshot': { config: { snapshotEvery: 5, ...churn } },
  'sessions-missing-in-snapshot': { config: { snapshotEvery: 10 } },
  'old-snapshot-accepted': { config: { snapshotEvery: 10, snapshotChunk: 1 } },
  'install-wipes-log': {
    config: { snapshotEvery: 3, snapshotChunk: 50 },
    faults: slowAcknowledgements,
  },
  'install-keeps-conflict': { config: { snapshotEvery: 5 } },
  'snapshot-chunks-mixed': { config: { snapshotEvery: 10, snapshotChunk: 1 } },
  'snapshot-never-retried': { config: { snapshotEvery: 10, snapshotChunk: 2 } },
  'log-cut-before-snapshot-durable': {
    config: { snapshotEvery: 5 },
    nemesis: 'crashes',
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
  'strangers-get-no-vote': { byScript: true },
  'learner-campaigns': { config: { learners: 2 } },
  'voter-without-catch-up': { config: churn },
  'sessions-expire-by-local-clock': { config: { sessionExpiry: '300ms' }, nemesis: 'clocks' },
  'stickiness-blocks-transfer': {
    config: { transferEvery: '150ms', stickyLeader: true, checkQuorum: true },
  },
  'transfer-never-times-out': {
    config: { transferEvery: '100ms' },
    faults: late(['TimeoutNow'], ['400ms', '800ms']),
  },
  'stale-timeout-now': { config: churn, faults: late(['TimeoutNow'], ['50ms', '800ms']) },
  'pre-vote-term-ignored': { byScript: true },
  'timeout-is-failure': { config: { operationTimeout: '150ms', attemptTimeout: '60ms' } },
  'stale-vote-counted': { faults: late(['RequestVoteReply'], ['10ms', '700ms']) },
  'length-before-term': {},
  'ack-of-earlier-session-counted': {
    config: { reconfigureEvery: '60ms' },
    faults: slowAcknowledgements,
  },
  'figure-8': { byScript: true, config: { pipeline: false, entriesPerAppend: 1 } },
  'late-sync-marks-new-entries': { byScript: true },
  'empty-append-at-snapshot-edge': { config: { snapshotEvery: 3 } },
  'removed-server-disrupts': { config: { stickyLeader: true, checkQuorum: true, ...churn } },
  'half-connected-leader-kept': { byScript: true },
  'pre-vote-raises-term': { config: { preVote: true } },
  'no-cap-without-quorum': { config: { uncommittedEntries: 2 } },
  'inflight-without-limit': { config: { inflightEntries: 1 } },
  'snapshot-trigger-missed': { config: { snapshotEvery: 3, uncommittedEntries: 4 } },
  'stuck-after-snapshot': { config: { snapshotEvery: 5 } },
};
