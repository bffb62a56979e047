import type { Change } from '../bank.ts';
import { bug, classesWith, type PlantedBug } from '../planted.ts';
import type { BugDefinition } from '../protocol.ts';
import { AtCoordinator } from './at-coordinator.ts';
import { type Saga, SagaCoordinator } from './coordinator.ts';
import type { ServerClasses } from './node.ts';
import type { Step } from './records.ts';
import { SagaService } from './service.ts';
import { StepBook } from './step-book.ts';

class SilenceIsRefusal extends SagaCoordinator {
  protected override unanswered(saga: Saga): void {
    if (saga.failed === null) {
      // Somebody must take back what may have been done: the step that is silent, too.
      saga.at += 1;
      this.fail(saga);
    } else super.unanswered(saga);
  }
}

class CreditsFirst extends SagaCoordinator {
  protected override order(changes: readonly Change[]): readonly Step[] {
    return [
      ...this.stepsOf(changes.filter(({ delta }) => delta >= 0)),
      ...this.stepsOf(changes.filter(({ delta }) => delta < 0)),
    ];
  }
}

class ActsBeforeLog extends SagaCoordinator {
  protected override afterBegin(then: () => void): void {
    then();
    super.afterBegin(() => undefined);
  }
}

class GivesUp extends SagaCoordinator {
  protected override unanswered(saga: Saga): void {
    if (saga.attempts < 1) super.unanswered(saga);
  }
}

class Unfenced extends StepBook {
  protected override fencesRepeats(): boolean {
    return false;
  }
}

class NoFence extends SagaService {
  protected override createBook(): StepBook {
    return new Unfenced(this.config.balance, this.config.stock);
  }
}

class AnswersBeforeDisk extends SagaService {
  protected override beforeAnswer(then: () => void): void {
    then();
    super.beforeAnswer(() => undefined);
  }
}

class RetriesWithoutItsName extends AtCoordinator {
  protected override conflict(saga: Saga): boolean {
    // The retry begins a local transaction that knows nothing of the global one: no lock is asked for.
    const tried = this.tries.has(saga.gid);
    super.conflict(saga);
    return tried;
  }
}

class UndoesBySeconds extends AtCoordinator {
  protected override stepAt({ at, failed }: Saga): number {
    // ORDER BY gmt_create DESC: what happened in the same second comes in the order of insertion.
    return failed === null ? at : failed - 1 - at;
  }
}

const planted: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'silence-is-refusal',
    'An action that is not answered in time is taken back while it may still be under way.',
    'TC-B19: compensation overlaps the action',
    ['compensation-order'],
    'a slow or lost action',
    'easy',
    { coordinator: SilenceIsRefusal },
  ),
  bug(
    'credits-first',
    'What can be refused comes last: what was given is spent before it can be taken back.',
    'Garcia-Molina & Salem 1987, §6: compensatable before retriable',
    ['conservation'],
    'a refused debit after a credit that others have used',
    'medium',
    { coordinator: CreditsFirst },
    { config: { balance: 12 } },
  ),
  bug(
    'acts-before-log',
    'Actions leave before the saga is on disk.',
    'TC-B16',
    ['began-first'],
    'nothing; a crash makes it visible',
    'easy',
    { coordinator: ActsBeforeLog },
  ),
  bug(
    'gives-up',
    'A step is repeated once and dropped in silence.',
    'TC-B15; Hmily retryMax',
    ['every-saga-ends'],
    'a long outage',
    'easy',
    { coordinator: GivesUp },
  ),
  bug(
    'no-fence',
    'Repeated actions and compensations take effect again.',
    'TC-B04, TC-B05',
    ['idempotence', 'conservation'],
    'a lost or repeated message',
    'easy',
    { service: NoFence },
  ),
  bug(
    'answers-before-disk',
    'A service answers before its local transaction is on disk.',
    'TC-B07; Gray 1978',
    ['durable-before-talk'],
    'nothing; power loss makes it visible',
    'easy',
    { service: AnswersBeforeDisk },
  ),
  bug(
    'retries-without-its-name',
    'A statement that is repeated after a lock conflict is no longer part of the global transaction.',
    'TX-B38; seata/seata#3387, #3518',
    ['no-dirty-write', 'undo-finds-its-image'],
    'AT mode; two transactions on one row',
    'easy',
    { atCoordinator: RetriesWithoutItsName },
    { config: { undo: 'image', fee: 1, balance: 1000 } },
  ),
  bug(
    'undoes-by-seconds',
    'Undo logs are sorted by a time in whole seconds: two of one row are undone in the wrong order.',
    'TX-B39; seata/seata#5666',
    ['compensation-order', 'undo-finds-its-image'],
    'AT mode; two statements on one row, and a third that fails',
    'easy',
    { atCoordinator: UndoesBySeconds },
    { config: { undo: 'image', fee: 1, stock: 3 } },
  ),
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

/** The classes to run: the correct ones, or those with the bug planted. */
export function classesFor(id: string | null): ServerClasses {
  return classesWith(
    'saga',
    planted,
    { coordinator: SagaCoordinator, atCoordinator: AtCoordinator, service: SagaService },
    id,
  );
}
