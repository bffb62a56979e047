import type { InvariantDefinition } from '../protocol.ts';

const SOURCE = 'Peng & Dabek 2010, Large-scale Incremental Processing (Percolator)';

/** What `monitor.ts` judges at every event; the last is asked when the time after the heal is up. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'one-outcome',
    statement: 'No transaction is committed at one row and rolled back at another.',
    source: 'AC1; §2.2',
  },
  {
    name: 'timestamps-grow',
    statement: 'Every timestamp is higher than all that were given out before, over restarts too.',
    source: `${SOURCE}, §2.3`,
  },
  {
    name: 'first-committer-wins',
    statement:
      'Between the start and the commit of a transaction no other one commits a row that it changes.',
    source: `${SOURCE}, §2.2: snapshot isolation`,
  },
  {
    name: 'conservation',
    statement: 'A committed transaction leaves as much as its snapshot had, by kind.',
    source: 'TX-I12',
  },
  {
    name: 'audits-add-up',
    statement: 'What is read as of one timestamp adds up: no reader sees half of a transaction.',
    source: `${SOURCE}, §2.2: reads`,
  },
  {
    name: 'live-lock-kept',
    statement:
      'Others end a transaction only when its primary lock has stood for its time to live, in true time.',
    source: 'TX-B36; §2.2: cleanup',
  },
  {
    name: 'durable-before-talk',
    statement: 'A store answers with locks, commits and rollbacks only when they are on its disk.',
    source: 'Gray 1978, §5.8.3.3',
  },
  {
    name: 'resolved-in-the-end',
    statement: 'When all is healed, no lock is left, whoever wrote it and died.',
    source: `${SOURCE}, §2.2: cleanup`,
  },
];
