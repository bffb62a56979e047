import type { NodeId } from '../../sim/engine/env.ts';
import type { Change } from '../bank.ts';
import type { BugDefinition } from '../protocol.ts';
import { bug, classesWith, type PlantedBug } from '../planted.ts';
import { type Global, TccCoordinator } from './coordinator.ts';
import type { ServerClasses } from './node.ts';
import type { ServiceRecord, TccOutcome } from './records.ts';
import { type Effect, ReservationBook, type Step } from './reservation-book.ts';
import { Service } from './service.ts';

type BookClass = new (
  balance: number,
  stock: number,
  onEffect: (gid: string, effect: Effect) => void,
) => ReservationBook;

/** A service that keeps its accounts in another kind of book. */
function withBook(book: BookClass): typeof Service {
  return class extends Service {
    protected override createBook(
      ...parameters: ConstructorParameters<BookClass>
    ): ReservationBook {
      return new book(...parameters);
    }
  };
}

class EmptyRollbackRefused extends ReservationBook {
  protected override emptyRollback(): Step {
    return { ok: false, write: null };
  }
}

class EmptyRollbackExecuted extends ReservationBook {
  protected override emptyRollback(gid: string): Step {
    this.fence.set(gid, 'cancelled');
    // The business handler runs on the arguments of the call, here: one coin of x.
    this.release(gid, [{ account: 'x', delta: -1 }]);
    return { ok: true, write: 'cancelled' };
  }
}

class LateTryReserves extends ReservationBook {
  protected override refusesLateTry(): boolean {
    return false;
  }
}

class NoFence extends ReservationBook {
  protected override fencesRepeats(): boolean {
    return false;
  }
}

class TryOnlyChecks extends ReservationBook {
  protected override reserve(gid: string, changes: readonly Change[]): void {
    super.reserve(gid, changes);
    for (const { account, delta } of changes) if (delta < 0) this.add(account, -delta);
  }
  protected override spend(gid: string, changes: readonly Change[]): void {
    for (const { account, delta } of changes) if (delta < 0) this.add(account, delta);
    super.spend(gid, changes);
  }
  protected override releasable(): readonly Change[] {
    return [];
  }
}

class CancelRecomputes extends ReservationBook {
  protected override releasable(gid: string): readonly Change[] {
    // "A tenth of the balance", say: of what it is now, not of what it was at the Try.
    return super.releasable(gid).map(({ account, delta }) => ({
      account,
      delta: delta + (this.amount(account) % 2),
    }));
  }
}

class ForgetfulFence extends Service {
  protected override retentionUs(): number {
    return 0;
  }
}

class ReservationExpires extends Service {
  protected override write(record: ServiceRecord): void {
    super.write(record);
    if (record.kind === 'tried') this.env.setTimer(`expire:${record.gid}`, 60_000);
  }
  protected override expire(gid: string): void {
    const changes = this.book.frozen.get(gid) ?? [];
    const step = this.book.cancel(gid);
    if (step.write !== null) this.write({ kind: step.write, gid, changes });
  }
}

class AnswersBeforeDisk extends Service {
  protected override beforeAnswer(then: () => void): void {
    then();
    super.beforeAnswer(() => undefined);
  }
}

class NoCompareAndSet extends TccCoordinator {
  protected override decide(global: Global, outcome: TccOutcome, reason: string): void {
    this.settle(global, outcome, reason);
  }
  protected override triesOverdue(global: Global): void {
    this.settle(global, 'cancel', 'a try is overdue');
  }
  protected override settle(global: Global, outcome: TccOutcome, reason: string): void {
    super.settle(global, outcome, reason);
    // The timer of the tries is another thread: it has read the old status.
    this.env.setTimer(`try:${global.gid}`, 1_000);
  }
}

class StuckTrying extends TccCoordinator {
  protected override recoverTrying(): void {
    // The recovery query asks for confirming and cancelling ones only.
  }
}

class OverdueTryIsOk extends TccCoordinator {
  protected override triesOverdue(global: Global): void {
    this.decide(global, 'confirm', '');
  }
}

class CancelsOnlySucceeded extends TccCoordinator {
  protected override toCancel(global: Global): readonly NodeId[] {
    return [...global.tried];
  }
}

class GivesUp extends TccCoordinator {
  protected override goesOn({ attempts }: Global): boolean {
    return attempts < 2;
  }
}

class TriesBeforeRegistration extends TccCoordinator {
  protected override afterRegistration(then: () => void): void {
    then();
    super.afterRegistration(() => undefined);
  }
}

const ENDS = 'every-transaction-ends';
const LOST = 'no-lost-reservation';

const planted: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'empty-rollback-refused',
    'A Cancel without a Try is an error, for ever.',
    'TC-B01; apache/incubator-seata-go#685',
    [ENDS],
    'a lost Try',
    'easy',
    { service: withBook(EmptyRollbackRefused) },
  ),
  bug(
    'empty-rollback-executed',
    'A Cancel without a Try gives back what was never taken.',
    'TC-B02; Seata TCC documentation',
    ['no-empty-effect', 'conservation'],
    'a lost Try, or one without funds',
    'easy',
    { service: withBook(EmptyRollbackExecuted) },
  ),
  bug(
    'late-try-reserves',
    'A Try that comes after its Cancel reserves.',
    'TC-B03; liuyangming/ByteTCC#134',
    ['no-suspension', LOST],
    'a Try delayed beyond its Cancel',
    'easy',
    { service: withBook(LateTryReserves) },
    { config: { tryTimeout: '12ms' } },
  ),
  bug(
    'no-fence',
    'Repeated Confirm and Cancel take effect again.',
    'TC-B04, TC-B05',
    ['idempotence', 'conservation'],
    'a lost or repeated message',
    'easy',
    { service: withBook(NoFence) },
  ),
  bug(
    'try-only-checks',
    'Try looks at the balance and reserves nothing.',
    'TC-B14',
    ['conservation'],
    'contention for one account',
    'easy',
    { service: withBook(TryOnlyChecks) },
    { config: { balance: 25 } },
  ),
  bug(
    'cancel-recomputes',
    'Cancel releases an amount computed anew.',
    'TC-B18',
    ['conservation'],
    'a Cancel after other changes',
    'easy',
    { service: withBook(CancelRecomputes) },
  ),
  bug(
    'fence-cleaned-early',
    'Fence rows go before the last late message.',
    'TC-B09; Seata cleans after a day',
    ['no-suspension', 'idempotence', 'no-empty-effect', LOST, ENDS],
    'a Try or a repetition later than the cleaning',
    'hard',
    { service: ForgetfulFence },
  ),
  bug(
    'reservation-expires',
    'A service releases a reservation by itself after a while.',
    'TC-B22',
    ['one-outcome', 'no-empty-effect', ENDS, 'conservation'],
    'a slow Confirm',
    'medium',
    { service: ReservationExpires },
  ),
  bug(
    'answers-before-disk',
    'A service answers before its local transaction is on disk.',
    'TC-B07 (the crash between); Gray 1978',
    ['durable-before-talk'],
    'nothing; power loss makes it visible',
    'easy',
    { service: AnswersBeforeDisk },
  ),
  bug(
    'no-compare-and-set',
    'Timeout and success both set the status.',
    'TC-B06; apache/incubator-seata#5404',
    ['decision-once', 'one-outcome', 'durable-before-talk'],
    'a race at the timeout',
    'medium',
    { coordinator: NoCompareAndSet },
  ),
  bug(
    'stuck-trying',
    'Recovery skips transactions that were still trying.',
    'TC-B11; changmingxie/tcc-transaction#8',
    [ENDS, LOST],
    'coordinator crash',
    'easy',
    { coordinator: StuckTrying },
  ),
  bug(
    'overdue-try-is-ok',
    'A Try without an answer counts as reserved.',
    'TC-B12',
    ['decision-once'],
    'a slow or lost Try',
    'easy',
    { coordinator: OverdueTryIsOk },
  ),
  bug(
    'cancels-only-succeeded',
    'Cancel goes only to branches known to have reserved: the seed, read literally.',
    'TC-B13; seed document, TCC',
    [LOST],
    'a lost TryReply',
    'easy',
    { coordinator: CancelsOnlySucceeded },
  ),
  bug(
    'gives-up',
    'The second phase is tried twice and dropped in silence.',
    'TC-B15; Hmily retryMax',
    [ENDS, LOST],
    'a long outage',
    'easy',
    { coordinator: GivesUp },
  ),
  bug(
    'tries-before-registration',
    'Try leaves before the branch is registered on disk.',
    'TC-B16',
    ['registered-first'],
    'nothing; a crash makes it visible',
    'easy',
    { coordinator: TriesBeforeRegistration },
  ),
];

/** The zoo: each bug a small override of one rule of the correct code. */
export const bugs: readonly BugDefinition[] = planted.map(({ definition }) => definition);

export function serversFor(id: string | null): ServerClasses {
  return classesWith('tcc', planted, { coordinator: TccCoordinator, service: Service }, id);
}
