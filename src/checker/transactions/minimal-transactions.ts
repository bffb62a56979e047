import type { Transaction } from './transaction.ts';

export interface TransactionCore {
  readonly operations: readonly number[];
  readonly minimal: boolean;
}

/**
 * Leaves out transactions as long as the rest still contradicts the level. A transaction can be left out when no other one
 * that stays read what it wrote. Starts from the suspects, what they read and, if that is not enough, from all.
 */
export function minimalTransactions(
  all: readonly Transaction[],
  suspects: ReadonlySet<number>,
  violates: (transactions: readonly Transaction[]) => boolean,
  judgements = 300,
): TransactionCore {
  let left = judgements;
  const writer = writers(all);
  let current = withWriters(all, suspects, writer);
  if (!violates(current)) {
    if (all.length > judgements)
      return { operations: [...suspects].sort((a, b) => a - b), minimal: false };
    current = [...all];
  }
  for (let changed = true; changed && left > 0;) {
    changed = false;
    for (let at = current.length - 1; at >= 0 && left > 0; at -= 1) {
      const { operation } = current[at]!;
      const rest = current.filter((_, index) => index !== at);
      if (rest.some((other) => reads(other, writer).has(operation))) continue;
      left -= 1;
      if (!violates(rest)) continue;
      current = rest;
      changed = true;
    }
  }
  return { operations: current.map(({ operation }) => operation), minimal: left > 0 };
}

/** Operation that wrote each (key, value). */
function writers(all: readonly Transaction[]): Map<string, number> {
  const writer = new Map<string, number>();
  for (const { operation, steps } of all)
    for (const step of steps)
      if (step.f !== 'read') writer.set(`${step.key} ${step.value}`, operation);
  return writer;
}

/** Operations that wrote something the transaction read. */
function reads(transaction: Transaction, writer: ReadonlyMap<string, number>): Set<number> {
  const found = new Set<number>();
  for (const { f, key, value } of transaction.steps) {
    if (f !== 'read') continue;
    for (const element of typeof value === 'number' ? [value] : value) {
      const operation = writer.get(`${key} ${element}`);
      if (operation !== undefined) found.add(operation);
    }
  }
  return found;
}

function withWriters(
  all: readonly Transaction[],
  suspects: ReadonlySet<number>,
  writer: ReadonlyMap<string, number>,
): Transaction[] {
  const byOperation = new Map(all.map((transaction) => [transaction.operation, transaction]));
  const keep = new Set(suspects);
  const queue = [...suspects];
  for (const operation of queue)
    for (const source of reads(byOperation.get(operation)!, writer))
      if (!keep.has(source)) {
        keep.add(source);
        queue.push(source);
      }
  return all.filter(({ operation }) => keep.has(operation));
}
