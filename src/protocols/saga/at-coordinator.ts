import { type Change, MERCHANT } from '../bank.ts';
import { type Saga, SagaCoordinator } from './coordinator.ts';
import { type CoordinatorRecord, type Step, stepKey } from './records.ts';

/**
 * Seata's AT mode: every statement is a branch with an undo log of images, and the rows it writes are locked globally until the
 * whole transaction has ended. Who waits for a lock too long is taken back.
 */
export class AtCoordinator extends SagaCoordinator {
  /** Which transaction holds a row. Durable: a restart must not give a row away. */
  readonly #locks = new Map<string, string>();
  /** Steps whose locks are on disk, and whose they are. */
  readonly #forced = new Map<string, string>();
  protected readonly tries = new Map<string, number>();

  protected override replay(records: readonly CoordinatorRecord[]): void {
    this.#locks.clear();
    this.#forced.clear();
    this.tries.clear();
    super.replay(records);
  }

  /** One branch for each statement; the payer's fee is a statement of its own, on the row he has paid from. */
  protected override order(changes: readonly Change[]): readonly Step[] {
    const { fee } = this.config;
    const payer = changes.find(({ delta }) => delta < 0)?.account;
    const fees: readonly Change[] =
      fee === 0 || payer === undefined || payer === MERCHANT
        ? []
        : [
            { account: payer, delta: -fee },
            { account: MERCHANT, delta: fee },
          ];
    return super.order([...changes, ...fees]);
  }

  protected override stepsOf(changes: readonly Change[]): readonly Step[] {
    return changes.flatMap((change) => super.stepsOf([change]));
  }

  /** The global lock, before the local transaction commits; what is locked stays locked until the end. */
  protected override mayAct(saga: Saga): boolean {
    const { gid, at } = saga;
    const rows = saga.steps[at]!.changes.map(({ account }) => account);
    if (!this.config.globalLocks || this.#forced.has(stepKey(gid, at))) return true;
    if (rows.some((row) => (this.#locks.get(row) ?? gid) !== gid)) return this.conflict(saga);
    this.log.append({ kind: 'locked', gid, step: at });
    for (const row of rows) this.#locks.set(row, gid);
    this.log.force(() => {
      this.#forced.set(stepKey(gid, at), gid);
      if (this.sagas.has(gid) && saga.failed === null) this.proceed(saga);
    });
    return false;
  }

  /** Another transaction has the row: tried again, with the same transaction's name, and not for ever. */
  protected conflict(saga: Saga): boolean {
    const { gid } = saga;
    const tries = (this.tries.get(gid) ?? 0) + 1;
    this.tries.set(gid, tries);
    if (tries > this.config.lockRetries) this.fail(saga);
    else this.env.setTimer(`lock:${gid}`, this.config.lockRetryUs);
    return false;
  }

  protected override relock(saga: Saga, step: number): void {
    for (const { account } of saga.steps[step]!.changes) this.#locks.set(account, saga.gid);
    this.#forced.set(stepKey(saga.gid, step), saga.gid);
  }

  protected override timeout(purpose: string, gid: string): void {
    const saga = this.sagas.get(gid);
    if (purpose !== 'lock') super.timeout(purpose, gid);
    else if (saga?.settled === true && saga.failed === null) this.proceed(saga);
  }

  protected override released(gid: string): void {
    this.tries.delete(gid);
    for (const held of [this.#locks, this.#forced])
      for (const [name, owner] of held) if (owner === gid) held.delete(name);
  }
}
