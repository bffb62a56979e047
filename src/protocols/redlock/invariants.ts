import { lockInvariants } from '../locks/index.ts';
import type { InvariantDefinition } from '../protocol.ts';

/** What `monitor.ts` judges of grants; belief and effect are judged for every lock service alike. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'mutual-exclusion-grant',
    statement:
      'A lock is not granted while a majority has promised it to another, by true time and within the drift margin.',
    source: 'Redis documentation, Distributed Locks with Redis: safety argument',
  },
  ...lockInvariants,
  {
    name: 'owner-only-release',
    statement: "Nobody's command removes another's lock; a lock value is used once.",
    source: 'Redis documentation, Distributed Locks with Redis: correct implementation',
  },
  {
    name: 'no-immortal-key',
    statement: 'A lock key always has a time to live, and never one longer than was agreed.',
    source: 'Redis documentation, Distributed Locks with Redis: deadlock freedom',
  },
  {
    name: 'expires-in-time',
    statement:
      'A server that runs stores no lock for longer than one round of its active expiry cycle after its time to live was over.',
    source: 'Redis documentation, EXPIRE: how Redis expires keys',
  },
  {
    name: 'validity-at-return',
    statement:
      'A lock is returned with time left, and no more of it than a majority of nodes will keep it.',
    source: 'Redis documentation, Distributed Locks with Redis: step 3',
  },
  {
    name: 'no-forgotten-orphan',
    statement:
      'No copy of a lock that was given up or released lives until it expires because nobody released it there.',
    source: 'Redis documentation, Distributed Locks with Redis: step 5',
  },
  {
    name: 'majority-suffices',
    statement: 'An attempt that a majority of nodes accepted, with time left, is not given up.',
    source: 'Redis documentation, Distributed Locks with Redis: step 3, liveness argument',
  },
  {
    name: 'fair-order',
    statement:
      'With fair: true, a waiter that the server has queued and that keeps asking is never passed by one that came later.',
    source: 'Redisson, RedissonFairLock: "guarantees an acquire order by threads"',
  },
  {
    name: 'all-or-nothing',
    statement: 'Of locks that are taken at once a node keeps all or none.',
    source: 'node-redlock, acquire of several resources: one script',
  },
  {
    name: 'no-missed-news',
    statement:
      'With wait: notify, whoever waits to be told has been refused by a node that had taken its subscription before.',
    source: 'Redisson, RedissonLock.lock: tries again after it has subscribed',
  },
  {
    name: 'bounded-extension',
    statement: 'With extend: auto a holder extends its lock at most maxExtensions times.',
    source: 'Redis documentation, Distributed Locks with Redis: extending the lock',
  },
];
