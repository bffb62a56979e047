import { findBug, type PlantedBug } from '../planted.ts';
import type { BugDefinition } from '../protocol.ts';
import { combine, conflictOf } from './bugs/combine.ts';
import { clientBugs } from './bugs/clients.ts';
import { commitBugs } from './bugs/commit.ts';
import { durabilityBugs } from './bugs/durability.ts';
import { edgeBugs } from './bugs/edges.ts';
import { electionBugs } from './bugs/election.ts';
import { membershipBugs } from './bugs/membership.ts';
import { readBugs } from './bugs/reads.ts';
import { recoveryBugs } from './bugs/recovery.ts';
import { replicationBugs } from './bugs/replication.ts';
import { snapshotBugs } from './bugs/snapshots.ts';
import { setups } from './bugs/setups.ts';
import { RaftClient } from './client.ts';
import { Raft } from './core/raft.ts';
import type { RaftClasses } from './node.ts';

const CORRECT: RaftClasses = { core: Raft, client: RaftClient };

const planted: readonly PlantedBug<RaftClasses>[] = [
  ...electionBugs,
  ...replicationBugs,
  ...commitBugs,
  ...durabilityBugs,
  ...readBugs,
  ...snapshotBugs,
  ...membershipBugs,
  ...clientBugs,
  ...edgeBugs,
  ...recoveryBugs,
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => {
  const setup = setups[definition.id];
  return setup === undefined ? definition : { ...definition, setup };
});

const find = (id: string): PlantedBug<RaftClasses> => findBug('raft', planted, id);

/** Why bugs of these ids cannot be planted together, or null. */
export function bugConflict(ids: readonly string[]): string | null {
  return conflictOf(ids.map(find));
}

/** One set of classes for each combination, for a run makes many servers of it; what it holds follows from its keys alone. */
// eslint-disable-next-line determinism/no-module-state
const combined = new Map<string, RaftClasses>();

/**
 * The classes to run: the correct ones, or those with the bug planted. Several are joined by `+`, as a scenario's
 * `bug: [a, b]` has them.
 */
export function classesFor(id: string | null): RaftClasses {
  if (id === null) return CORRECT;
  const known = combined.get(id);
  if (known !== undefined) return known;
  const several = id.split('+').map(find);
  const classes = {
    core: combine(several, CORRECT.core),
    client:
      several.find((one) => one.classes.client !== undefined)?.classes.client ?? CORRECT.client,
  };
  combined.set(id, classes);
  return classes;
}
