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

/**
 * Whether a reader of two services finds as much as there was: A's accounts began with `balance`, B's (their names end in
 * ` at B`) with nothing and its store with `stock`.
 */
export function addsUp(
  amounts: Readonly<Record<string, number>>,
  balance: number,
  stock: number,
): boolean {
  const sums: Record<Kind, number> = { money: 0, goods: 0 };
  for (const [name, amount] of Object.entries(amounts)) {
    const atB = name.endsWith(' at B');
    const account = atB ? name.slice(0, -' at B'.length) : name;
    const kind = kindOf(account);
    // A has no store: what it says of goods is no amount.
    if (atB || kind === 'money')
      sums[kind] += amount - initialAmount(account, atB ? 0 : balance, stock);
  }
  return sums.money === 0 && sums.goods === 0;
}
