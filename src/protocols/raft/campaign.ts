import type { CampaignHints } from '../protocol.ts';
import { nearMisses } from './near-misses.ts';

const PARTITIONS = ['isolate-leader', 'halves', 'bridge', 'one-way', 'drop', 'clog'];
const CRASHES = ['kill-leader', 'kill-one', 'power-loss-one', 'power-loss-majority'];

/** Drifts of the default fault profile reach 10 % either way; two servers may differ by twice that. */
const LEASE = {
  reads: 'lease',
  followerReads: false,
  checkQuorum: true,
  stickyLeader: true,
  clockDriftPpm: 250_000,
};

/** What swarm campaigns vary: every feature is on in some runs, and meets the faults that are hard for it in others. */
export const campaign: CampaignHints = {
  small: { sessions: false },
  nearMisses,
  variants: [
    // One entry a round trip back is for short logs: not with reads that lengthen it.
    [
      { reads: 'readIndex' },
      { reads: 'readIndex', followerReads: true },
      { reads: 'readIndex', backtracking: 'slow' },
      LEASE,
      { reads: 'log' },
    ],
    [{}, { preVote: true }, { preVote: true, checkQuorum: true }, { stickyLeader: true }],
    [{}, { snapshotEvery: 8 }, { snapshotEvery: 25, snapshotChunk: 4 }],
    [
      {},
      {},
      { reconfigureEvery: '250ms' },
      { reconfigureEvery: '250ms', membershipChange: 'joint' },
      { learners: 1 },
    ],
    [{}, {}, { transferEvery: '400ms' }],
    [{}, { entriesPerAppend: 1 }, { pipeline: false }, { inflightEntries: 4 }],
    [{}, { requests: 'forward' }],
    [{}, {}, { sessionExpiry: '1s' }],
    [{}, { batch: '5ms' }],
    [{}, { syncsInFlight: 4 }],
  ],
  focuses: [
    {
      name: 'membership x partition x crash',
      config: { reconfigureEvery: '150ms' },
      kinds: [...PARTITIONS, ...CRASHES],
    },
    {
      name: 'joint membership x partition x crash',
      config: { reconfigureEvery: '150ms', membershipChange: 'joint' },
      kinds: [...PARTITIONS, ...CRASHES],
    },
    {
      name: 'snapshot x membership',
      config: { snapshotEvery: 4, snapshotChunk: 2, reconfigureEvery: '200ms' },
      kinds: ['reorder', 'delay', 'duplicate', 'drop', 'kill-one', 'kill-leader', 'isolate-one'],
    },
    {
      name: 'reads x pause',
      config: { reads: 'readIndex' },
      kinds: ['pause-leader', 'isolate-leader', 'delay', 'reorder', 'clog'],
    },
    {
      name: 'lease x drift',
      config: { ...LEASE, transferEvery: '300ms' },
      kinds: ['clock-drift', 'isolate-leader', 'one-way', 'pause-leader', 'delay'],
    },
    {
      name: 'sync x power loss',
      config: {},
      kinds: ['power-loss-majority', 'power-loss-one', 'slow-disk', 'stalled-disk', 'kill-leader'],
    },
    { name: 'order of messages', config: {}, kinds: ['reorder', 'duplicate', 'delay', 'drop'] },
  ],
};
