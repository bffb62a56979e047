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
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

export function classesFor(id: string | null): CommitClasses {
  const correct = { coordinator: Coordinator, participant: Participant, client: CommitClient };
  return classesWith('commit', planted, correct, id);
}
