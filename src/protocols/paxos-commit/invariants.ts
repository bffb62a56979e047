import { invariants as commitInvariants } from '../commit/index.ts';
import type { InvariantDefinition } from '../protocol.ts';

/** Nothing is presumed here, and nobody ends a branch alone. */
const NOT_HERE = ['presumption-true', 'heuristics-reported', 'no-heuristic-damage'];

/** What two-phase commit keeps, and what consensus adds. */
export const invariants: readonly InvariantDefinition[] = [
  ...commitInvariants.filter(({ name }) => !NOT_HERE.includes(name)),
  {
    name: 'chosen-before-told',
    statement:
      'An outcome is told only when F+1 acceptors have it on disk at one ballot, or a participant has said no.',
    source: 'Gray & Lamport 2006, §4; TLA+ module PaxosCommit, action Decide',
  },
];
