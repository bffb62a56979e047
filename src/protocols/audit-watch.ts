import { type Change, initialAmount, type Kind, kindOf } from './bank.ts';

/** How much more than there was at the beginning a reader has found, by kind; negative: less. */
export type Surplus = Readonly<Record<Kind, number>>;

/** Counts what readers of several accounts found: an audit that does not add up saw one side of a transfer and not the other. */
export class AuditWatch {
  readonly #balance: number;
  readonly #stock: number;
  readonly #touched: Readonly<Record<Kind, Set<string>>> = { money: new Set(), goods: new Set() };
  audits = 0;
  torn = 0;

  /** `balance`, `stock`: what accounts and the store begin with. */
  constructor(balance: number, stock: number) {
    this.#balance = balance;
    this.#stock = stock;
  }

  /** A transaction changes these accounts: an audit must add up when it reads all of their kind. */
  touches(changes: readonly Change[]): void {
    for (const { account } of changes) this.#touched[kindOf(account)].add(account);
  }

  /** Null: the audit left out an account of each kind that was ever changed, and proves nothing. */
  audited(amounts: Readonly<Record<string, number>>): Surplus | null {
    const sums: Record<Kind, number> = { money: 0, goods: 0 };
    for (const [account, amount] of Object.entries(amounts))
      sums[kindOf(account)] += amount - initialAmount(account, this.#balance, this.#stock);
    const judged = (['money', 'goods'] as const).filter((kind) => {
      const asked = Object.keys(amounts).some((account) => kindOf(account) === kind);
      const complete = [...this.#touched[kind]].every((account) => account in amounts);
      if (!asked || !complete) sums[kind] = 0;
      return asked && complete;
    });
    if (judged.length === 0) return null;
    this.audits += 1;
    if (sums.money !== 0 || sums.goods !== 0) this.torn += 1;
    return sums;
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
