import { type Change, initialAmount, type Kind, kindOf } from './bank.ts';

/** Counts what readers of several accounts found: an audit that does not add up saw one side of a transfer and not the other. */
export class AuditWatch {
  readonly #balance: number;
  readonly #stock: number;
  readonly #touched = new Set<string>();
  audits = 0;
  torn = 0;

  /** `balance`, `stock`: what accounts and the store begin with. */
  constructor(balance: number, stock: number) {
    this.#balance = balance;
    this.#stock = stock;
  }

  /** A transaction changes these accounts: only audits that read all of them must add up. */
  touches(changes: readonly Change[]): void {
    for (const { account } of changes) this.#touched.add(account);
  }

  audited(amounts: Readonly<Record<string, number>>): void {
    if ([...this.#touched].some((account) => !(account in amounts))) return;
    const sums: Record<Kind, number> = { money: 0, goods: 0 };
    for (const [account, amount] of Object.entries(amounts))
      sums[kindOf(account)] += amount - initialAmount(account, this.#balance, this.#stock);
    this.audits += 1;
    if (sums.money !== 0 || sums.goods !== 0) this.torn += 1;
  }
}
