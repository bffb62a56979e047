import type { BugDefinition } from '../../protocols/protocol.ts';
import type { Subject } from '../documents/document.ts';
import { explore, type ExploredViolation } from '../explore/explore.ts';
import { ladder, smallSize, withSetup, type Rung } from '../explore/ladder.ts';
import { smallWorld } from '../explore/small-world.ts';

/** How an exhaustive search for a bug went. */
export interface ExploredHunt {
  readonly violation: ExploredViolation | null;
  /** Different states, all explorations together. */
  readonly states: number;
  readonly steps: number;
  /** Explorations in which every state within the bounds was visited. */
  readonly covered: number;
}

/**
 * Explores a small cluster within ever wider bounds until something breaks, at most `maxStates` states in each. There is no
 * chance in it: a second search would visit the same states.
 */
export function exploreHunt(
  subject: Subject,
  definition: BugDefinition | null,
  maxStates: number,
): ExploredHunt {
  const prepared = withSetup(subject, definition);
  const servers = smallSize(definition);
  let states = 0;
  let steps = 0;
  let covered = 0;
  for (const rung of ladder()) {
    const search = climb(prepared, servers, rung, maxStates);
    states += search.states;
    steps += search.steps;
    if (search.violation !== null) return { violation: search.violation, states, steps, covered };
    if (search.covered) covered += 1;
  }
  return { violation: null, states, steps, covered };
}

function climb(
  subject: Subject,
  servers: number,
  { bounds, order }: Rung,
  maxStates: number,
): { violation: ExploredViolation | null; states: number; steps: number; covered: boolean } {
  const { exploration } = smallWorld(subject, bounds, { servers, clients: 1, seed: '1' });
  const search = explore(exploration, { order, stopAtFirst: true, maxStates, prune: true });
  for (let reached = null; ;) {
    const turn = search.next();
    if (turn.done !== true) {
      reached = turn.value;
      continue;
    }
    const { violations = [], states = 0, transitions = 0 } = reached ?? {};
    return {
      violation: violations[0] ?? null,
      states,
      steps: transitions,
      covered: turn.value === 'covered',
    };
  }
}
