import { bug, classesWith, type PlantedBug } from '../planted.ts';
import type { BugDefinition } from '../protocol.ts';
import { coordinatorBugs } from './bugs/coordinator-bugs.ts';
import { participantBugs } from './bugs/participant-bugs.ts';
import { CommitClient } from './client.ts';
import { Coordinator } from './coordinator.ts';
import type { CommitClasses } from './node.ts';
import { Participant } from './participant.ts';

class NewRequestEachTime extends CommitClient {
  #attempts = 0;
  protected override requestName(token: number): string {
    this.#attempts += 1;
    return `${super.requestName(token)}#${this.#attempts}`;
  }
}

class PatientCoordinator extends Coordinator {
  protected override timeout(purpose: string, gid: string): void {
    if (purpose !== 'work') super.timeout(purpose, gid);
  }
}

class PatientParticipant extends Participant {
  protected override timeout(purpose: string, gid: string): void {
    if (purpose !== 'lock' && purpose !== 'idle') super.timeout(purpose, gid);
  }
}

const planted: readonly PlantedBug<CommitClasses>[] = [
  ...coordinatorBugs,
  ...participantBugs,
  bug(
    'new-request-each-time',
    'A client that repeats a request gives it a new name.',
    'TX-B41',
    ['once-per-request'],
    'a lost answer',
    'easy',
    { client: NewRequestEachTime },
  ),
  bug(
    'waits-for-ever',
    'Nobody limits the wait for a row: two transfers wait for each other across managers, where neither sees the circle.',
    'TX-B37',
    ['liveness'],
    'transfers in both directions between two accounts',
    'easy',
    { coordinator: PatientCoordinator, participant: PatientParticipant },
  ),
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): CommitClasses {
  const correct = { coordinator: Coordinator, participant: Participant, client: CommitClient };
  return classesWith('commit', planted, correct, id);
}
