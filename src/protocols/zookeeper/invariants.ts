import { lockInvariants } from '../locks/index.ts';
import type { InvariantDefinition } from '../protocol.ts';
import { raft } from '../raft/index.ts';

/** What `monitor.ts` judges, what every lock is judged by, and the replication core's own. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'mutual-exclusion-grant',
    statement: 'Only the contender with the lowest committed sequence number takes the lock.',
    source: 'ZooKeeper recipes, Locks',
  },
  ...lockInvariants,
  {
    name: 'no-herd',
    statement: 'A change of a lock queue wakes at most one contender.',
    source: 'ZooKeeper recipes, Locks; seed document, ZooKeeper lock, defect 1',
  },
  {
    name: 'session-not-ended-early',
    statement: 'The leader ends a session only after its whole timeout of silence.',
    source: "ZooKeeper 3.8, ExpiryQueue: deadlines rounded up to the server's tick",
  },
  {
    name: 'single-system-image',
    statement:
      'A client never sees an older state than one that it has seen, whatever server it moves to.',
    source: "ZooKeeper programmer's guide, consistency guarantees",
  },
  ...raft.invariants,
];
