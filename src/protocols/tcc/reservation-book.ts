import { type Change, initialAmount } from '../bank.ts';
import type { FenceState } from './records.ts';

/** What a call did: a new local transaction to be written, or an answer without effect. */
export interface Step {
  readonly ok: boolean;
  /** The row to write; null when nothing changed. */
  readonly write: FenceState | null;
}

/** Which business effects happened, for monitors. */
export type Effect = 'reserve' | 'confirm' | 'release';

const DONE: Step = { ok: true, write: null };
const REFUSED: Step = { ok: false, write: null };

/**
 * A TCC service's accounts and its fence table, in memory and without time. The fence makes the second phase idempotent,
 * an empty rollback (a cancel without a try) harmless, and suspension (a try after its cancel) impossible; the rule
 * table is Seata's `tcc_fence_log`. Debits are reserved by Try and spent by Confirm; credits appear with Confirm.
 */
export class ReservationBook {
  /** What may be spent, where it differs from the initial amount. */
  readonly available = new Map<string, number>();
  /** Reserved amounts by transaction. */
  readonly frozen = new Map<string, readonly Change[]>();
  readonly fence = new Map<string, FenceState>();
  readonly #balance: number;
  readonly #stock: number;
  readonly #onEffect: (gid: string, effect: Effect) => void;

  /** `onEffect` is told of every change of an amount. */
  constructor(
    balance: number,
    stock: number,
    onEffect: (gid: string, effect: Effect) => void = () => undefined,
  ) {
    this.#balance = balance;
    this.#stock = stock;
    this.#onEffect = onEffect;
  }

  amount(account: string): number {
    return this.available.get(account) ?? initialAmount(account, this.#balance, this.#stock);
  }

  /** Available plus reserved, minus what there was at the beginning, for one account. */
  drift(account: string): number {
    let total = this.amount(account) - initialAmount(account, this.#balance, this.#stock);
    for (const changes of this.frozen.values())
      for (const change of changes)
        if (change.account === account && change.delta < 0) total -= change.delta;
    return total;
  }

  /** Every account that something was done to. */
  accounts(): readonly string[] {
    const names = new Set(this.available.keys());
    for (const changes of this.frozen.values())
      for (const { account } of changes) names.add(account);
    return [...names];
  }

  tryIt(gid: string, changes: readonly Change[]): Step {
    const state = this.fence.get(gid);
    if (state === 'tried' || state === 'confirmed') return DONE;
    if (state !== undefined && this.refusesLateTry()) return REFUSED;
    if (changes.some(({ account, delta }) => delta < 0 && this.amount(account) + delta < 0))
      return REFUSED;
    this.fence.set(gid, 'tried');
    this.reserve(gid, changes);
    return { ok: true, write: 'tried' };
  }

  confirm(gid: string, changes: readonly Change[]): Step {
    const state = this.fence.get(gid);
    if (state === 'confirmed' && this.fencesRepeats()) return DONE;
    if (state !== 'tried' && state !== 'confirmed') return REFUSED;
    this.fence.set(gid, 'confirmed');
    this.spend(gid, changes);
    return { ok: true, write: 'confirmed' };
  }

  cancel(gid: string): Step {
    const state = this.fence.get(gid);
    if (state === undefined) return this.emptyRollback(gid);
    if ((state === 'cancelled' || state === 'suspended') && this.fencesRepeats()) return DONE;
    if (state === 'confirmed') return REFUSED;
    this.fence.set(gid, 'cancelled');
    this.release(gid, this.releasable(gid));
    return { ok: true, write: 'cancelled' };
  }

  /** Cancel came, Try did not: success without effect, and the door is shut for a late Try. */
  protected emptyRollback(gid: string): Step {
    this.fence.set(gid, 'suspended');
    return { ok: true, write: 'suspended' };
  }

  protected refusesLateTry(): boolean {
    return true;
  }

  protected fencesRepeats(): boolean {
    return true;
  }

  /** Exactly what was reserved, whatever has changed since. */
  protected releasable(gid: string): readonly Change[] {
    return this.frozen.get(gid) ?? [];
  }

  protected reserve(gid: string, changes: readonly Change[]): void {
    this.frozen.set(gid, changes);
    for (const { account, delta } of changes) if (delta < 0) this.add(account, delta);
    this.#onEffect(gid, 'reserve');
  }

  protected spend(gid: string, changes: readonly Change[]): void {
    this.frozen.delete(gid);
    for (const { account, delta } of changes) if (delta > 0) this.add(account, delta);
    this.#onEffect(gid, 'confirm');
  }

  protected release(gid: string, changes: readonly Change[]): void {
    this.frozen.delete(gid);
    for (const { account, delta } of changes) if (delta < 0) this.add(account, -delta);
    this.#onEffect(gid, 'release');
  }

  protected add(account: string, delta: number): void {
    this.available.set(account, this.amount(account) + delta);
  }

  /** Does what a record of the log says. */
  redo(kind: FenceState, gid: string, changes: readonly Change[]): void {
    this.fence.set(gid, kind);
    if (kind === 'tried') this.reserve(gid, changes);
    else if (kind === 'confirmed') this.spend(gid, changes);
    else if (kind === 'cancelled') this.release(gid, changes);
  }
}
