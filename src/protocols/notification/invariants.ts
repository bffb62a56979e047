import type { InvariantDefinition } from '../protocol.ts';

/** What `monitor.ts` judges at every event; the last is asked when the time after the heal is up. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'committed-facts-only',
    statement: 'Only what A has committed is told.',
    source: 'BE-I1',
  },
  {
    name: 'schedule-kept',
    statement:
      'B is called no more often than the schedule is long, and not sooner than its jitter and wrong clocks allow, in true time.',
    source: 'BE-I2; seed document, best-effort notification, step 3',
  },
  {
    name: 'success-is-acknowledged',
    statement: 'A notification has succeeded only when B has said so.',
    source: 'BE-I3',
  },
  {
    name: 'success-is-final',
    statement: 'What the table has as delivered is not told again.',
    source: 'BE-I3; a result written over by a notifier whose claim is over',
  },
  {
    name: 'one-sender-per-attempt',
    statement:
      'An attempt is made by one notifier, and by none whose claim another one has taken over.',
    source: 'locks-tx-mq a.7, claim: row lease; BE-B10',
  },
  {
    name: 'none-held-up',
    statement:
      'A call that is due is made at the next look at the table, whatever becomes of other receivers.',
    source: 'MQ-M1; BE-B14',
  },
  {
    name: 'never-back',
    statement: 'The state of B never goes back to an older version.',
    source: 'BE-I5',
  },
  {
    name: 'effect-once',
    statement: 'B applies a version once, however often it is told.',
    source: 'MQ-I4',
  },
  {
    name: 'durable-before-talk',
    statement: 'Acknowledgements leave only when what they say is on disk.',
    source: 'Gray 1978, §5.8.3.3',
  },
  {
    name: 'conservation',
    statement: 'What A has given, B has, or will have when it is told: at every instant.',
    source: 'MQ-I7',
  },
  {
    name: 'converges',
    statement:
      'When all is healed, B knows every fact, or a person was alarmed; with reconciliation, B knows it in any case.',
    source: 'BE-I4',
  },
];
