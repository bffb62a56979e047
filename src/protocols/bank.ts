import type { NodeId } from '../sim/engine/env.ts';
import type { RandomStream } from '../sim/engine/random.ts';

/** One row changed: the account (money) or store (goods) and by how much. Units: coins or pieces, whole numbers. */
export interface Change {
  readonly account: string;
  readonly delta: number;
}

export const MERCHANT = 'merchant';
const STOCK = 'stock';
const SOLD = 'sold';

/** What is conserved by itself: goods are not money. */
export type Kind = 'money' | 'goods';

export function kindOf(account: string): Kind {
  return account === STOCK || account === SOLD ? 'goods' : 'money';
}

/** Rows exist from the start: every account with `balance`, the store with `stock`, nothing sold. */
export function initialAmount(account: string, balance: number, stock: number): number {
  if (account === STOCK) return stock;
  return account === SOLD ? 0 : balance;
}

/** Which of `owners` owns the row: neighbours in the alphabet are with different owners. */
export function ownerOf(account: string, owners: readonly NodeId[]): NodeId {
  let sum = 0;
  for (let at = 0; at < account.length; at += 1) sum += account.charCodeAt(at);
  return owners[sum % owners.length]!;
}

/**
 * The changes of a business operation, or null when `f` or its value is no such thing. `twoBooks`: payer and payee are in
 * two books of accounts, where one name means two rows.
 */
export function changesOf(
  f: string,
  key: string,
  value: unknown,
  twoBooks = false,
): readonly Change[] | null {
  const asked = (value ?? {}) as { to?: unknown; amount?: unknown; price?: unknown };
  if (f === 'transfer' && typeof asked.to === 'string' && isAmount(asked.amount))
    return asked.to === key && !twoBooks
      ? null
      : [
          { account: key, delta: -asked.amount },
          { account: asked.to, delta: asked.amount },
        ];
  if (f === 'order' && isAmount(asked.price) && key !== MERCHANT)
    return [
      { account: key, delta: -asked.price },
      { account: MERCHANT, delta: asked.price },
      { account: STOCK, delta: -1 },
      { account: SOLD, delta: 1 },
    ];
  return null;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

/** Workload values for {@link changesOf}; `audit` gets all accounts. */
export function bankValueFor(
  f: string,
  key: string,
  keys: readonly string[],
  stream: RandomStream,
): unknown {
  const others = keys.filter((other) => other !== key);
  if (f === 'transfer')
    return {
      to: others.length === 0 ? MERCHANT : stream.pick(others),
      amount: 1 + stream.below(20),
    };
  if (f === 'order') return { price: 1 + stream.below(10) };
  return f === 'audit' ? [...keys, MERCHANT] : null;
}
