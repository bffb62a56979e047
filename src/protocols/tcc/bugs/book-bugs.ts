import type { Change } from '../../bank.ts';
import { bug, type PlantedBug } from '../../planted.ts';
import type { ServerClasses } from '../node.ts';
import { ReservationBook, type Step } from '../reservation-book.ts';
import { withBook } from './with-book.ts';

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

class HoldsOutsideTransaction extends ReservationBook {
  override tryIt(gid: string, changes: readonly Change[]): Step {
    const debits = changes.filter(({ delta }) => delta < 0);
    const uncovered = debits.findIndex(({ account, delta }) => this.amount(account) + delta < 0);
    // The holds are no part of the local transaction: what refuses the second takes the fence row back, not the first.
    if (uncovered > 0 && !this.fence.has(gid) && !this.frozen.has(gid))
      this.reserve(gid, debits.slice(0, uncovered));
    return super.tryIt(gid, changes);
  }
}

class FenceDeletedOnDuplicate extends ReservationBook {
  override tryIt(gid: string, changes: readonly Change[]): Step {
    const repeated = this.fence.has(gid);
    const step = super.tryIt(gid, changes);
    if (repeated) this.fence.delete(gid);
    return step;
  }
}

class KeyWithoutOperation extends ReservationBook {
  override confirm(gid: string, changes: readonly Change[]): Step {
    return this.fence.has(gid) ? { ok: true, write: null } : super.confirm(gid, changes);
  }
  override cancel(gid: string): Step {
    return this.fence.has(gid) ? { ok: true, write: null } : super.cancel(gid);
  }
}

/** Bugs of the fence table and of what it guards. */
export const bookBugs: readonly PlantedBug<ServerClasses>[] = [
  bug(
    'empty-rollback-refused',
    'A Cancel without a Try is an error, for ever.',
    'TC-B01; apache/incubator-seata-go#685',
    ['every-transaction-ends'],
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
    ['no-suspension', 'no-lost-reservation'],
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
    'holds-outside-transaction',
    'Try holds one thing after the other outside its local transaction; a half-way failure takes the fence row back and not the hold.',
    'TC-B08; apache/incubator-seata#6374, #5256',
    ['no-lost-reservation', 'conservation'],
    'a Try that fails half way: two debits at one service, the second without cover',
    'medium',
    { service: withBook(HoldsOutsideTransaction) },
    { config: { stock: 3 } },
  ),
  bug(
    'fence-deleted-on-duplicate',
    'A repeated Try has the fence row deleted that refuses it, whatever the row says.',
    'TC-B10; derived from reading Seata SpringFenceHandler.prepareFence, not run',
    [
      'no-suspension',
      'idempotence',
      'no-empty-effect',
      'no-lost-reservation',
      'every-transaction-ends',
    ],
    'a Try delivered twice',
    'medium',
    { service: withBook(FenceDeletedOnDuplicate) },
  ),
  bug(
    'key-without-operation',
    'The key of the fence is the branch alone: Confirm and Cancel are swallowed as repetitions of the Try.',
    'TC-B17; dtm keys its barrier by operation, too',
    ['durable-before-talk', 'no-lost-reservation'],
    'nothing',
    'easy',
    { service: withBook(KeyWithoutOperation) },
  ),
];
