import { ResourceNode } from '../locks/index.ts';
import type { BugDefinition } from '../protocol.ts';
import { RedisNode } from '../redis/index.ts';
import { attemptBugs } from './bugs/attempts.ts';
import { extensionBugs } from './bugs/extension.ts';
import { fencingBugs } from './bugs/fencing.ts';
import { fairBugs } from './bugs/fair.ts';
import type { PlantedBug } from './bugs/planted.ts';
import { releaseBugs } from './bugs/release.ts';
import { serverBugs } from './bugs/server.ts';
import { timeBugs } from './bugs/time.ts';
import { setBugs } from './bugs/sets.ts';
import { waitingBugs } from './bugs/waiting.ts';
import { voteBugs } from './bugs/votes.ts';
import type { RedLockClass } from './client.ts';
import { FairLock } from './fair-lock.ts';
import { RedLock } from './redlock.ts';

const planted: readonly PlantedBug[] = [
  ...voteBugs,
  ...timeBugs,
  ...attemptBugs,
  ...releaseBugs,
  ...extensionBugs,
  ...fencingBugs,
  ...serverBugs,
  ...fairBugs,
  ...waitingBugs,
  ...setBugs,
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map((bug) => bug.definition);

function find(bug: string | null): PlantedBug | null {
  if (bug === null) return null;
  const found = planted.find((one) => one.definition.id === bug);
  if (found === undefined)
    throw new RangeError(
      `redlock has no planted bug "${bug}"; known: ${bugs.map((one) => one.id).join(', ')}`,
    );
  return found;
}

/** The lock to run: the correct one, or the one with the bug planted. Throws on an unknown bug. */
export function lockFor(bug: string | null): RedLockClass {
  return find(bug)?.lock ?? RedLock;
}

/** The fair lock to run. */
export function fairLockFor(bug: string | null): RedLockClass {
  return find(bug)?.fairLock ?? FairLock;
}

/** The resource to run. */
export function resourceFor(bug: string | null): typeof ResourceNode {
  return find(bug)?.resource ?? ResourceNode;
}

/** The Redis server to run. */
export function redisFor(bug: string | null): typeof RedisNode {
  return find(bug)?.redis ?? RedisNode;
}
