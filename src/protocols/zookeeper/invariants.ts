import { lockInvariants } from '../locks/index.ts';
import type { InvariantDefinition } from '../protocol.ts';
import { raft } from '../raft/index.ts';

const RECIPES = 'ZooKeeper recipes, Locks';
const GUIDE = "ZooKeeper programmer's guide";

/** What the monitor judges, what every lock is judged by, and the replication core's own. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'mutual-exclusion-grant',
    statement:
      'Only the contender with the earliest committed node of those in its way takes the lock.',
    source: RECIPES,
  },
  {
    name: 'first-come-first-served',
    statement:
      'Contenders that still stand in the queue take the lock in the order of their nodes.',
    source: RECIPES,
  },
  ...lockInvariants,
  {
    name: 'owner-only-release',
    statement: "A session deletes no other session's node from a queue.",
    source: RECIPES,
  },
  {
    name: 'no-herd',
    statement:
      'A change of a lock queue wakes only those that waited for it: one, or the readers behind a writer.',
    source: `${RECIPES}; seed document, ZooKeeper lock, defect 1`,
  },
  {
    name: 'watch-chain',
    statement: 'Each contender watches exactly the one that it waits for.',
    source: `${RECIPES}; seed document, ZooKeeper lock, step 4`,
  },
  {
    name: 'no-lost-wakeup',
    statement: 'A contender whose turn it is learns of it.',
    source: `${RECIPES}; ${GUIDE}, watches`,
  },
  {
    name: 'no-orphan',
    statement:
      'No node stands in a queue while its session lives and nobody wants the lock with it.',
    source: `${RECIPES}; apache/curator, guaranteed deletes`,
  },
  {
    name: 'read-write-exclusion',
    statement: 'A writer holds a read-write lock alone.',
    source: 'ZooKeeper recipes, Shared Locks',
  },
  {
    name: 'downgrade-keeps-the-write',
    statement:
      'From the write of a writer that goes on as a reader until it lets go, no later holder writes.',
    source: 'apache/curator, InterProcessReadWriteLock, lock downgrading; CURATOR-621',
  },
  {
    name: 'only-holders-are-asked',
    statement: 'Nobody is asked to let go of a lock that it still waits for.',
    source: 'apache/curator, Revoker',
  },
  {
    name: 'no-more-than-permits',
    statement: 'A semaphore never has more holders than permits.',
    source: 'apache/curator, InterProcessSemaphoreV2',
  },
  {
    name: 'session-not-ended-early',
    statement: 'The leader ends a session only after its whole timeout of silence.',
    source: "ZooKeeper 3.8, ExpiryQueue: deadlines rounded up to the server's tick",
  },
  {
    name: 'session-ended-in-time',
    statement: 'The leader ends a session at most one tick after its timeout of silence.',
    source: "ZooKeeper 3.8, ExpiryQueue: deadlines rounded up to the server's tick",
  },
  {
    name: 'ephemerals-end-with-session',
    statement: 'No ephemeral node outlives the transaction that closes its session, on any server.',
    source: `${GUIDE}, ephemeral nodes`,
  },
  {
    name: 'event-before-state',
    statement: 'A client is told of a change before any answer shows it the changed state.',
    source: `${GUIDE}, guarantees about watches`,
  },
  {
    name: 'single-system-image',
    statement:
      'A client never sees an older state than one that it has seen, whatever server it moves to.',
    source: `${GUIDE}, consistency guarantees`,
  },
  ...raft.invariants,
];
