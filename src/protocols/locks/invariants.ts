import type { InvariantDefinition } from '../protocol.ts';

/** What {@link LockJudge} judges of any lock service: belief and effect. */
export const lockInvariants: readonly InvariantDefinition[] = [
  {
    name: 'mutual-exclusion-belief',
    statement:
      'Two clients never believe to hold one lock at once. False by nature for leases under pauses.',
    source: 'Kleppmann 2016, How to do distributed locking',
  },
  {
    name: 'belief-within-grant',
    statement: 'A client believes to hold a lock only while the service supports it.',
    source: 'Gray & Cheriton 1989, Leases',
  },
  {
    name: 'mutual-exclusion-effect',
    statement: "The resource applies nobody else's write within a holder's critical section.",
    source: 'Kleppmann 2016; Burrows 2006 (Chubby), sequencers',
  },
  {
    name: 'no-lost-update',
    statement: 'Every applied write of a counter is one more than the value before it.',
    source: 'Jepsen, lock workloads',
  },
  {
    name: 'token-monotone',
    statement: 'Fencing tokens of one lock strictly increase in the order of grants.',
    source: 'Kleppmann 2016',
  },
  {
    name: 'newest-token-accepted',
    statement: 'The resource never refuses the greatest token that was given out.',
    source: 'Kleppmann 2016: tokens are compared as numbers',
  },
];
