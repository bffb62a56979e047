import { invariants as commitInvariants } from '../commit/index.ts';
import type { InvariantDefinition } from '../protocol.ts';

/** Nothing is presumed here, and who has voted yes may decide with the others. */
const NOT_HERE = [
  'promise-kept',
  'presumption-true',
  'stability',
  'heuristics-reported',
  'no-heuristic-damage',
];

/** What two-phase commit keeps; a decision taken twice and differently breaks agreement. */
export const invariants: readonly InvariantDefinition[] = commitInvariants.filter(
  ({ name }) => !NOT_HERE.includes(name),
);
