import type { InvariantDefinition } from '../protocol.ts';

/** What `monitor.ts` judges at every event; the last two are asked when the time after the heal is up. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'one-outcome',
    statement: 'No transaction takes effect by Confirm at one branch and by Cancel at another.',
    source: 'TC-I1; Pardon & Pautasso 2014',
  },
  {
    name: 'idempotence',
    statement: 'Try, Confirm and Cancel of a branch each change amounts at most once.',
    source: 'TC-I2; Seata TCC fence',
  },
  {
    name: 'no-suspension',
    statement: 'After a Cancel, even an empty one, no Try of that branch reserves.',
    source: 'TC-I3; Seata TCC fence',
  },
  {
    name: 'no-empty-effect',
    statement: 'Confirm and Cancel change amounts only where a Try has reserved.',
    source: 'TC-I4; Seata TCC fence',
  },
  {
    name: 'conservation',
    statement:
      'Available and reserved amounts, with what confirmed transactions still have to move, are constant; nothing is overdrawn.',
    source: 'TC-I7',
  },
  {
    name: 'decision-once',
    statement:
      'The durable status leaves Trying once, to Confirm only when every branch has reserved.',
    source: 'TC-I8; apache/incubator-seata#5404',
  },
  {
    name: 'registered-first',
    statement: 'No Try leaves before its branch is registered on disk.',
    source: 'TC-I9; dtm, Seata',
  },
  {
    name: 'durable-before-talk',
    statement: 'Decisions and answers leave only when what they say is on disk.',
    source: 'Gray 1978, §5.8.3.3',
  },
  {
    name: 'every-transaction-ends',
    statement: 'When all is healed, every transaction is confirmed or cancelled at every branch.',
    source: 'TC-L1',
  },
  {
    name: 'no-lost-reservation',
    statement: 'When all is healed, nothing stays reserved.',
    source: 'TC-I5',
  },
];
