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
import type { PlantedBug } from './bugs/planted.ts';
import { RaftClient } from './client.ts';
import { Raft } from './core/raft.ts';
import type { RaftClass } from './node.ts';

const planted: readonly PlantedBug[] = [
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

function find(bug: string): PlantedBug {
  const found = planted.find((one) => one.definition.id === bug);
  if (found === undefined)
    throw new RangeError(
      `raft has no planted bug "${bug}"; known: ${bugs.map((one) => one.id).join(', ')}`,
    );
  return found;
}

/** Several are joined by `+`, as a scenario's `bug: [a, b]` has them. */
function findAll(bug: string): PlantedBug[] {
  return bug.split('+').map(find);
}

/** Why bugs of these ids cannot be planted together, or null. */
export function bugConflict(ids: readonly string[]): string | null {
  return conflictOf(ids.map(find));
}

/** The server core to run: the correct one, or the one with the bug, or bugs, planted. Throws on an unknown bug. */
export function coreFor(bug: string | null): RaftClass {
  if (bug === null) return Raft;
  const known = combined.get(bug);
  if (known !== undefined) return known;
  const core = combine(findAll(bug), Raft);
  combined.set(bug, core);
  return core;
}

/** One class for each combination: a run makes many servers of it. */
const combined = new Map<string, RaftClass>();

/** The client to run. */
export function clientFor(bug: string | null): typeof RaftClient {
  if (bug === null) return RaftClient;
  return findAll(bug).find(({ client }) => client !== undefined)?.client ?? RaftClient;
}
