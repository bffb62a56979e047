import { lockInvariants } from '../locks/index.ts';
import type { InvariantDefinition } from '../protocol.ts';
import { raft } from '../raft/index.ts';

/** What the monitor judges, what every lock is judged by, and the replication core's own. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'mutual-exclusion-grant',
    statement: 'Only the contender with the lowest create revision takes the lock.',
    source: 'etcd-io/etcd, clientv3/concurrency, Mutex',
  },
  {
    name: 'grant-has-key',
    statement:
      'Whoever is granted the lock has a key in the store at that moment, under a lease that is not over.',
    source: 'etcd-io/etcd#11456; Jepsen, etcd 3.4.3',
  },
  {
    name: 'lock-delay',
    statement:
      'When the lease of a holder ends, nobody else takes its lock before the lock-delay is over by the clock of a server, unless the holder releases it.',
    source: 'Burrows 2006 (Chubby), §2.4',
  },
  ...lockInvariants,
  ...raft.invariants,
];
