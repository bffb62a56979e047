import type { BugDefinition } from '../protocol.ts';
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

/** The server core to run: the correct one, or the one with the bug planted. Throws on an unknown bug. */
export function coreFor(bug: string | null): RaftClass {
  return bug === null ? Raft : (find(bug).core ?? Raft);
}

/** The client to run. */
export function clientFor(bug: string | null): typeof RaftClient {
  return bug === null ? RaftClient : (find(bug).client ?? RaftClient);
}
