import type { Consistency } from '../../../src/checker/lattice/consistency.ts';
import type { History } from '../../../src/history/history.ts';
import { story, transactionStory } from './story.ts';

export interface GoldenStory {
  readonly name: string;
  readonly history: History;
  /** The weakest model that the story violates, the operations a person would name, and the sentence. */
  readonly consistency: Consistency;
  readonly core: readonly number[];
  readonly summary: string;
}

export const memoryStories: readonly GoldenStory[] = [
  {
    name: 'stale read',
    consistency: 'linearizable',
    core: [3, 4],
    summary: "Stale read: c2 read x = 1 after c0's write x := 2 had already been acknowledged.",
    history: story(
      'c0 write y 7',
      'c0 write x 1',
      'c1 read y 7',
      'c0 write x 2',
      'c2 read x 1',
      'c1 read x 2',
    ),
  },
  {
    name: 'store buffering (both miss the other write)',
    consistency: 'sequential',
    core: [1, 2, 3, 4],
    summary:
      'No order fits: #1, #3, #2, #4 would each have to come before the next and the last before the first.',
    history: story(
      'c2 write z 9',
      'c0 write x 1',
      'c1 write y 1',
      'c0 read y null',
      'c1 read x null',
      'c2 read z 9',
    ),
  },
  {
    name: 'own write lost',
    consistency: 'read-your-writes',
    core: [0, 2],
    summary:
      'Stale own write: c0 read x = null (#2) although the same client had already written x = 1 in #0.',
    history: story('c0 write x 1', 'c1 write y 5', 'c0 read x null', 'c1 read y 5'),
  },
  {
    name: 'own older write',
    consistency: 'read-your-writes',
    core: [0, 1, 3],
    summary:
      'Stale own write: c0 read x = 1 (#3) although the same client had already written x = 2 in #1.',
    history: story('c0 write x 1', 'c0 write x 2', 'c1 read x 2', 'c0 read x 1'),
  },
  {
    name: 'non-monotonic read',
    consistency: 'monotonic-reads',
    core: [0, 1, 3, 4],
    summary: 'Non-monotonic read: c1 read x = 1 (#4) after it had read the newer x = 2 in #3.',
    history: story('c0 write x 1', 'c0 write x 2', 'c1 read x 1', 'c1 read x 2', 'c1 read x 1'),
  },
  {
    name: 'flip-flop between concurrent writes',
    consistency: 'monotonic-reads',
    core: [0, 1, 2, 3, 4],
    summary: 'Flip-flop: c2 read x = 2 (#3) with x = 1 already in its past, then x = 1 again (#4).',
    history: story(
      'c0 begins write x 1',
      'c1 begins write x 2',
      'c0 ends',
      'c1 ends',
      'c2 read x 1',
      'c2 read x 2',
      'c2 read x 1',
    ),
  },
  {
    name: 'writes out of order',
    consistency: 'monotonic-writes',
    core: [0, 1, 2, 3],
    summary:
      "Writes out of order: c1 read x = null (#3) and missed #0's x = 1, but had seen #1, which the same client wrote later.",
    history: story('c0 write x 1', 'c0 write y 2', 'c1 read y 2', 'c1 read x null'),
  },
  {
    name: 'causal reversal: the reply without the question',
    consistency: 'writes-follow-reads',
    core: [0, 1, 2, 3, 4],
    summary:
      "Causal reversal: c2 read question = null (#4) although #0's question = 1 lies in its causal past.",
    history: story(
      'c0 write question 1',
      'c1 read question 1',
      'c1 write answer 2',
      'c2 read answer 2',
      'c2 read question null',
    ),
  },
  {
    name: 'the reply before the question, through a chain of three',
    consistency: 'weak-causal',
    core: [0, 1, 2, 3, 4, 5, 6, 7],
    summary: "Causal reversal: c3 read x = 1 (#7) although #1's x = 2 lies in its causal past.",
    history: story(
      'c0 write x 1',
      'c0 write x 2',
      'c1 read x 2',
      'c1 write y 3',
      'c2 read y 3',
      'c2 write z 4',
      'c3 read z 4',
      'c3 read x 1',
    ),
  },
  {
    name: 'replicas that never agree',
    consistency: 'causal-convergence',
    core: [0, 1, 2, 3],
    summary:
      "Disagreement: c0 read x = 2 (#2) and c1 read x = 1 (#3), each with the other's write in its past, so they order the two writes differently.",
    history: story(
      'c0 begins write x 1',
      'c1 begins write x 2',
      'c0 ends',
      'c1 ends',
      'c0 read x 2',
      'c1 read x 1',
      'c2 write y 3',
    ),
  },
  {
    name: 'converged without a common view',
    consistency: 'pram',
    core: [0, 1, 2, 3, 4, 5, 6],
    summary:
      "No view fits: c1 read z = null (#4) although #0's z = 1 would have to come before that.",
    history: story(
      'c0 write z 1',
      'c0 write x 1',
      'c0 write y 1',
      'c1 write x 2',
      'c1 read z null',
      'c1 read y 1',
      'c1 read x 2',
    ),
  },
  {
    name: 'dirty read',
    consistency: 'read-your-writes',
    core: [0, 1],
    summary: 'Dirty read: c1 read x = 1 (#1), which #0 tried to write, but that write failed.',
    history: story('c0 write x 1 fail', 'c1 read x 1', 'c1 write x 2'),
  },
  {
    name: 'value out of nowhere',
    consistency: 'pram',
    core: [1],
    summary:
      'Read of a value that was never written: c1 read x = 7 (#1), but no operation wrote it.',
    history: story('c0 write x 1', 'c1 read x 7'),
  },
  {
    name: 'read from the future',
    consistency: 'weak-causal',
    core: [0, 2],
    summary:
      'Read from the future: c0 read x = 1 (#0), which the same client only wrote later in #2.',
    history: story('c0 read x 1', 'c1 read y null', 'c0 write x 1'),
  },
  {
    name: 'circular causality',
    consistency: 'weak-causal',
    core: [0, 1, 2, 3],
    summary:
      "Circular causality: c1 read y = 1 (#2), and c0 read x = 2 (#0), each before the other's cause.",
    history: story('c0 read x 2', 'c0 write y 1', 'c1 read y 1', 'c1 write x 2'),
  },
  {
    name: 'lost update by compare-and-set',
    consistency: 'sequential',
    core: [0, 1, 2],
    summary: 'Lost update: #1 and #2 both replaced x = 1, but only one of them can have found it.',
    history: story(
      'c0 write x 1',
      'c1 begins cas x 1 2',
      'c2 begins cas x 1 3',
      'c1 ends',
      'c2 ends',
    ),
  },
  {
    name: 'not converged',
    consistency: 'quiescent-convergence',
    core: [2, 3],
    summary: 'Not converged: x was quiet, but #2 and #3 do not show one final value.',
    history: story(
      'c0 begins write x 1',
      'c1 begins write x 2',
      'c0 ends',
      'c1 ends',
      'c2 read x 1',
      'c3 read x 2',
    ),
  },
  {
    name: 'a write lost at the end',
    consistency: 'quiescent-convergence',
    core: [0, 2],
    summary: 'Not converged: x was quiet, but #0 and #2 do not show one final value.',
    history: story('c0 write x 1', 'c1 write y 1', 'c2 read x null'),
  },
];

export const transactionStories: readonly GoldenStory[] = [
  {
    name: 'write cycle',
    consistency: 'read-committed',
    core: [0, 1, 2],
    summary: 'Write cycle (G0): #0, #1 overwrote each other in a circle.',
    history: transactionStory(
      {
        steps: [
          ['append', 'x', 1],
          ['append', 'y', 1],
        ],
      },
      {
        steps: [
          ['append', 'x', 2],
          ['append', 'y', 2],
        ],
      },
      {
        steps: [
          ['r', 'x', [1, 2]],
          ['r', 'y', [2, 1]],
        ],
      },
      { steps: [['append', 'z', 9]] },
    ),
  },
  {
    name: 'dirty read (aborted)',
    consistency: 'read-committed',
    core: [0, 1],
    summary: 'Dirty read (G1a): #1 read x = 1, which #0 had written, but #0 aborted.',
    history: transactionStory(
      { steps: [['w', 'x', 1]], status: 'fail' },
      { steps: [['r', 'x', 1]] },
      { steps: [['w', 'x', 2]] },
    ),
  },
  {
    name: 'intermediate read',
    consistency: 'read-committed',
    core: [0, 1],
    summary:
      'Intermediate read (G1b): #1 read x = 1, an intermediate value of #0, which overwrote it before it committed.',
    history: transactionStory(
      {
        steps: [
          ['w', 'x', 1],
          ['w', 'x', 2],
        ],
      },
      { steps: [['r', 'x', 1]] },
    ),
  },
  {
    name: 'dirty update',
    consistency: 'read-committed',
    core: [0, 1, 2],
    summary: 'Dirty read (G1a): #2 read 1 in x, which #0 had appended, but #0 aborted.',
    history: transactionStory(
      { steps: [['append', 'x', 1]], status: 'fail' },
      { steps: [['append', 'x', 2]] },
      { steps: [['r', 'x', [1, 2]]] },
    ),
  },
  {
    name: 'circular information flow',
    consistency: 'read-committed',
    core: [0, 1],
    summary: 'Circular information flow (G1c): #0, #1 each depend on what another of them wrote.',
    history: transactionStory(
      {
        steps: [
          ['w', 'x', 1],
          ['r', 'y', 1],
        ],
      },
      {
        steps: [
          ['w', 'y', 1],
          ['r', 'x', 1],
        ],
      },
      { steps: [['r', 'x', 1]] },
    ),
  },
  {
    name: 'incompatible orders',
    consistency: 'read-committed',
    core: [0, 1, 2, 3],
    summary:
      'Incompatible orders (incompatible-order): #3 read x as [2 1] and #2 read it as [1 2]: no order of appends gives both.',
    history: transactionStory(
      { steps: [['append', 'x', 1]] },
      { steps: [['append', 'x', 2]] },
      { steps: [['r', 'x', [1, 2]]] },
      { steps: [['r', 'x', [2, 1]]] },
    ),
  },
  {
    name: 'internal inconsistency',
    consistency: 'read-atomic',
    core: [0, 1],
    summary:
      'Internal inconsistency (internal): #1 read x = 1 although the same transaction had written x = 2 before.',
    history: transactionStory(
      { steps: [['w', 'x', 1]] },
      {
        steps: [
          ['w', 'x', 2],
          ['r', 'x', 1],
        ],
      },
    ),
  },
  {
    name: 'fractured read',
    consistency: 'read-atomic',
    core: [0, 1],
    summary:
      'Fractured read: #1 read x = 1 of #0, but y still with its initial value although #0 had written y = 1 too.',
    history: transactionStory(
      {
        steps: [
          ['w', 'x', 1],
          ['w', 'y', 1],
        ],
      },
      {
        steps: [
          ['r', 'x', 1],
          ['r', 'y', null],
        ],
      },
      { steps: [['w', 'z', 1]] },
    ),
  },
  {
    name: 'lost update',
    consistency: 'snapshot-isolation',
    core: [0, 1],
    summary:
      "Lost update: #0 and #1 both read x = null and both wrote x: one overwrote the other's update without seeing it.",
    history: transactionStory(
      {
        steps: [
          ['r', 'x', null],
          ['w', 'x', 1],
        ],
      },
      {
        steps: [
          ['r', 'x', null],
          ['w', 'x', 2],
        ],
      },
      { steps: [['r', 'y', null]] },
    ),
  },
  {
    name: 'lost update of a list',
    consistency: 'snapshot-isolation',
    core: [0, 1],
    summary:
      "Lost update: #0 and #1 both read x as [] and appended to it: one did not see the other's append.",
    history: transactionStory(
      {
        steps: [
          ['r', 'x', []],
          ['append', 'x', 1],
        ],
      },
      {
        steps: [
          ['r', 'x', []],
          ['append', 'x', 2],
        ],
      },
      { steps: [['r', 'x', [1, 2]]] },
    ),
  },
  {
    name: 'read skew of registers',
    consistency: 'snapshot-isolation',
    core: [0, 1, 2, 3],
    summary: 'Read skew (G-single): #3 missed a write of #1 although it comes after #1.',
    history: transactionStory(
      { steps: [['w', 'x', 1]] },
      {
        steps: [
          ['r', 'x', 1],
          ['w', 'x', 2],
        ],
      },
      {
        steps: [
          ['r', 'x', 2],
          ['w', 'y', 5],
        ],
      },
      {
        steps: [
          ['r', 'y', 5],
          ['r', 'x', 1],
        ],
      },
    ),
  },
  {
    name: 'write skew that also overwrites',
    consistency: 'snapshot-isolation',
    core: [0, 1],
    summary: 'Read skew (G-single): #0 missed a write of #1 although it comes after #1.',
    history: transactionStory(
      {
        steps: [
          ['r', 'y', []],
          ['append', 'z', 1],
          ['append', 'x', 1],
        ],
      },
      {
        steps: [
          ['r', 'z', []],
          ['append', 'y', 1],
          ['append', 'x', 2],
        ],
      },
      { steps: [['r', 'w', []]] },
    ),
  },
  {
    name: 'read skew',
    consistency: 'snapshot-isolation',
    core: [0, 1, 2],
    summary: 'Read skew (G-single): #2 missed a write of #0 although it comes after #0.',
    history: transactionStory(
      { steps: [['append', 'x', 1]] },
      {
        steps: [
          ['r', 'x', [1]],
          ['append', 'y', 2],
        ],
      },
      {
        steps: [
          ['r', 'y', [2]],
          ['r', 'x', []],
        ],
      },
    ),
  },
  {
    name: 'long fork',
    consistency: 'snapshot-isolation',
    core: [0, 1, 2, 3],
    summary: 'Long fork (G-nonadjacent): #2 and #3 saw the writes of #0 and #1 in opposite orders.',
    history: transactionStory(
      { steps: [['w', 'x', 1]] },
      { steps: [['w', 'y', 1]] },
      {
        steps: [
          ['r', 'x', 1],
          ['r', 'y', null],
        ],
      },
      {
        steps: [
          ['r', 'y', 1],
          ['r', 'x', null],
        ],
      },
      { steps: [['w', 'z', 1]] },
    ),
  },
  {
    name: 'write skew',
    consistency: 'serializable',
    core: [0, 1],
    summary:
      'Write skew (G2-item): #0 and #1 each read what the other overwrote, so neither can come first.',
    history: transactionStory(
      {
        steps: [
          ['r', 'x', []],
          ['append', 'y', 1],
        ],
      },
      {
        steps: [
          ['r', 'y', []],
          ['append', 'x', 1],
        ],
      },
      { steps: [['r', 'z', []]] },
    ),
  },
  {
    name: 'stale read of a serializable store',
    consistency: 'strict-serializable',
    core: [0, 1],
    summary:
      'Read skew against real time (G-single-realtime): #1 missed a write of #0 although it comes after #0.',
    history: transactionStory(
      { steps: [['w', 'x', 1]] },
      { steps: [['r', 'x', null]], after: 0 },
      { steps: [['r', 'x', 1]] },
    ),
  },
];
