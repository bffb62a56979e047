import type { InvariantDefinition } from '../protocol.ts';

/** What `monitor.ts` judges at every event; the last is asked when the time after the heal is up. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'began-first',
    statement: 'No action leaves before the whole saga is on disk.',
    source: 'TC-I9; Garcia-Molina & Salem 1987, §4',
  },
  {
    name: 'durable-before-talk',
    statement: 'Answers and compensations leave only when what they say is on disk.',
    source: 'Gray 1978, §5.8.3.3',
  },
  {
    name: 'idempotence',
    statement: 'An action, and its compensation, takes effect once.',
    source: 'TC-I2',
  },
  {
    name: 'compensation-order',
    statement:
      'Actions are taken back in reverse order, and none before its outcome and that of all later ones is known.',
    source: 'SG-I1; Garcia-Molina & Salem 1987, §2',
  },
  {
    name: 'no-dirty-write',
    statement:
      'AT mode: with global locks nobody writes a row that a transaction has written which has not ended.',
    source: 'Seata AT mode: write isolation',
  },
  {
    name: 'undo-finds-its-image',
    statement: 'AT mode: a step is taken back from a row that is as the step left it.',
    source: 'Seata AT mode: phase two, rollback; TX-I12',
  },
  {
    name: 'conservation',
    statement:
      'Money and goods, with what open sagas have still to do or to take back, are constant; nothing is overdrawn.',
    source: 'bank transfer invariant; TC-I7',
  },
  {
    name: 'one-outcome',
    statement: 'A saga that has committed is never taken back, nor the other way round.',
    source: 'TC-I1',
  },
  {
    name: 'every-saga-ends',
    statement: 'When all is healed, every saga is done, or taken back.',
    source: 'TC-L1',
  },
];
