import { type Change, initialAmount } from '../bank.ts';
import type { ServiceRecord, StepState } from './records.ts';

/**
 * A service's accounts and the fence of its steps, in memory and without time. An action is carried out at once and
 * visible at once; the fence makes actions and compensations idempotent, and shuts the door to an action that was refused
 * or taken back.
 */
export class StepBook {
  readonly amounts = new Map<string, number>();
  readonly fence = new Map<string, ServiceRecord>();
  readonly #balance: number;
  readonly #stock: number;

  constructor(balance: number, stock: number) {
    this.#balance = balance;
    this.#stock = stock;
  }

  amount(account: string): number {
    return this.amounts.get(account) ?? initialAmount(account, this.#balance, this.#stock);
  }

  /** How far an account is from what it began with. */
  drift(account: string): number {
    return this.amount(account) - initialAmount(account, this.#balance, this.#stock);
  }

  /** What an action does: the row to write, or null when it is known already. */
  act(key: string, changes: readonly Change[]): StepState | null {
    const known = this.fence.get(key)?.kind;
    if (known !== undefined && this.fencesRepeats()) return null;
    return this.covered(changes) ? 'acted' : 'refused';
  }

  /** What a compensation does. A step that never acted is refused from now on. */
  compensate(key: string): StepState | null {
    const known = this.fence.get(key)?.kind;
    if (known === 'acted' || !this.fencesRepeats()) return 'compensated';
    return known === undefined ? 'refused' : null;
  }

  protected fencesRepeats(): boolean {
    return true;
  }

  protected covered(changes: readonly Change[]): boolean {
    return changes.every(({ account, delta }) => delta >= 0 || this.amount(account) + delta >= 0);
  }

  /** Does what a record says. */
  redo(record: ServiceRecord): void {
    this.fence.set(record.key, record);
    if (record.kind !== 'refused') this.change(record);
  }

  /** The business part of a step, or of taking it back. */
  protected change({ kind, changes }: ServiceRecord): void {
    const sign = kind === 'acted' ? 1 : -1;
    for (const { account, delta } of changes)
      this.amounts.set(account, this.amount(account) + sign * delta);
  }
}
