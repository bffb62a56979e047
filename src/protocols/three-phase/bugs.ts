import type { Transaction } from '../commit/index.ts';
import type { BugDefinition } from '../protocol.ts';
import { bug, classesWith, type PlantedBug } from '../planted.ts';
import { ThreePhaseCoordinator } from './coordinator.ts';
import type { ServerClasses } from './node.ts';
import { ThreePhaseParticipant } from './participant.ts';
import type { Poll, Standing, Verdict } from './termination.ts';

class SkipsPreCommit extends ThreePhaseCoordinator {
  protected override allVoted(transaction: Transaction): void {
    this.decide(transaction, 'commit', '');
  }
}

class OldCoordinatorAborts extends ThreePhaseCoordinator {
  protected override resume(): void {
    // Two-phase commit's rule: what has no decision record is aborted.
    for (const transaction of [...this.transactions.values()])
      if (transaction.logged) this.announce(transaction);
      else this.decide(transaction, 'abort', 'there is no decision record');
  }
}

class PreCommitNotForced extends ThreePhaseParticipant {
  protected override beforePreCommitAck(then: () => void): void {
    then();
  }
}

class DecidesByOwnState extends ThreePhaseParticipant {
  protected override verdictOf(_poll: Poll, own: Standing): Verdict {
    return own === 'preCommitted' ? 'commit' : 'abort';
  }
}

class RecoveredDecides extends ThreePhaseParticipant {
  protected override verdictOf(poll: Poll, own: Standing): Verdict {
    return super.verdictOf(poll, own, false);
  }
}

const planted: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'skips-pre-commit',
    'The coordinator commits when all have voted; nobody is pre-committed.',
    'Skeen 1981',
    ['agreement'],
    'coordinator crash',
    'medium',
    { coordinator: SkipsPreCommit },
  ),
  bug(
    'old-coordinator-aborts',
    'A restarted coordinator aborts what it has no decision for, though the others have committed.',
    'TX-B32',
    ['agreement'],
    'coordinator crash after a pre-commit, and recovery',
    'medium',
    { coordinator: OldCoordinatorAborts },
  ),
  bug(
    'pre-commit-not-forced',
    'A participant acknowledges the pre-commit before it is on disk.',
    'Skeen 1981',
    ['durable-before-talk'],
    'nothing; a crash makes it visible',
    'easy',
    { participant: PreCommitNotForced },
  ),
  bug(
    'decides-by-own-state',
    'Who times out commits if it is pre-committed, aborts if not, and asks nobody.',
    'TX-B31: timeout transitions alone; Skeen & Stonebraker 1983',
    ['agreement'],
    'coordinator crash amid its pre-commits',
    'medium',
    { participant: DecidesByOwnState },
  ),
  bug(
    'recovered-decides',
    'A participant that was dead decides as if it had been there.',
    'Bernstein, Hadzilacos & Goodman 1987, §7.5',
    ['agreement'],
    'total failure, and recovery one by one',
    'hard',
    { participant: RecoveredDecides },
  ),
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): ServerClasses {
  return classesWith(
    'three-phase',
    planted,
    { coordinator: ThreePhaseCoordinator, participant: ThreePhaseParticipant },
    id,
  );
}
