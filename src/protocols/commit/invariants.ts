import type { InvariantDefinition } from '../protocol.ts';

/** What `monitor.ts` judges at every event; the last two are asked when the time after the heal is up. */
export const invariants: readonly InvariantDefinition[] = [
  {
    name: 'agreement',
    statement:
      'No two managers end a transaction differently, nor otherwise than its coordinator decided.',
    source: 'AC1; Bernstein, Hadzilacos & Goodman 1987, §7.3',
  },
  {
    name: 'commit-validity',
    statement: 'A commit is decided only when every manager has voted yes or read-only.',
    source: 'AC2; Bernstein, Hadzilacos & Goodman 1987, §7.3',
  },
  {
    name: 'abort-validity',
    statement: 'An abort has a reason: a vote or a reply of no, silence, or a crash.',
    source: 'AC3; Bernstein, Hadzilacos & Goodman 1987, §7.3',
  },
  {
    name: 'stability',
    statement: 'A durable decision never changes, restarts included.',
    source: 'AC4; Bernstein, Hadzilacos & Goodman 1987, §7.3',
  },
  {
    name: 'durable-before-talk',
    statement: 'Votes, decisions and acknowledgements leave only when what they say is on disk.',
    source: 'Gray 1978, §5.8.3.3; Mohan, Lindsay & Obermarck 1986, §2',
  },
  {
    name: 'promise-kept',
    statement: 'Who has voted yes ends the branch only as it is told (heuristics are told apart).',
    source: 'Gray 1978, §5.8.3.3',
  },
  {
    name: 'locks-kept',
    statement: 'The rows of a prepared branch stay locked until its decision, restarts included.',
    source: 'X/Open XA §2.3; Mohan, Lindsay & Obermarck 1986, §2',
  },
  {
    name: 'no-orphan',
    statement:
      'Nobody is asked to prepare what is decided, and nobody promises a branch again that it has ended.',
    source: 'tikv/tikv#7364; apache/incubator-seata#3220',
  },
  {
    name: 'presumption-true',
    statement: 'What is answered without a record is what happened.',
    source: 'Mohan, Lindsay & Obermarck 1986, §3; Lampson & Lomet 1993, §3',
  },
  {
    name: 'forget-safely',
    statement: 'A transaction is forgotten only when nobody may ask about it any more.',
    source: 'Mohan, Lindsay & Obermarck 1986, §2',
  },
  {
    name: 'heuristics-reported',
    statement: 'A branch that was ended alone is reported before it is forgotten.',
    source: 'X/Open XA §2.3.3',
  },
  {
    name: 'no-heuristic-damage',
    statement: 'No branch was ended alone otherwise than decided.',
    source: 'X/Open XA §2.3.3',
  },
  {
    name: 'conservation',
    statement:
      'Money and goods, with what committed branches still owe, are constant at every instant; nothing is overdrawn.',
    source: 'bank transfer invariant; locks-tx-mq b.2',
  },
  {
    name: 'isolation',
    statement: 'An audit sees every account of the bank at one moment: no transfer half done.',
    source: 'Eswaran, Gray, Lorie & Traiger 1976 (two-phase locking)',
  },
  {
    name: 'once-per-request',
    statement: 'A request that a client repeats is committed at most once.',
    source: 'end-to-end argument: Saltzer, Reed & Clark 1984',
  },
  {
    name: 'unique-names',
    statement: 'No two transactions have one name, over restarts, too.',
    source: 'X/Open XA §4.2: an xid is globally unique',
  },
  {
    name: 'termination',
    statement: 'When all is healed, every manager learns every decision, and says so.',
    source: 'AC5; Bernstein, Hadzilacos & Goodman 1987, §7.3',
  },
];
