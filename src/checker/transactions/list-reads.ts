import type { Transaction } from './transaction.ts';

/** A read of a key from outside its transaction: `list` as read, `base` without the transaction's own appends at the end. */
export interface ListRead {
  readonly transaction: number;
  readonly key: number;
  readonly list: readonly number[];
  readonly base: readonly number[];
  /** Agrees with what the transaction had read and appended before. */
  readonly internal: boolean;
}

/** Where an element came from. */
export interface Append {
  readonly transaction: number;
  /** Whether it was the transaction's last append to the key. */
  last: boolean;
}

/** Everything appended to and read from one key; transactions by index into the whole list. */
export interface ListKey {
  readonly key: number;
  readonly appends: Map<number, Append>;
  readonly reads: ListRead[];
}

/** An element appended to one key by two transactions that may both have committed. */
export interface AppendedTwice {
  readonly key: number;
  readonly element: number;
  readonly transactions: readonly [number, number];
}

export function collectLists(
  all: readonly Transaction[],
): { keys: Map<number, ListKey> } | AppendedTwice {
  const keys = new Map<number, ListKey>();
  const at = (key: number): ListKey => {
    let state = keys.get(key);
    if (state === undefined) keys.set(key, (state = { key, appends: new Map(), reads: [] }));
    return state;
  };
  // Aborted ones last: an aborted append that was retried under the same element counts as the retry.
  for (const aborted of [false, true])
    for (const [transaction, { outcome, steps }] of all.entries()) {
      if ((outcome === 'aborted') !== aborted) continue;
      const previous = new Map<number, Append>();
      for (const step of steps) {
        if (step.f !== 'append') continue;
        const { appends } = at(step.key);
        const known = appends.get(step.value);
        if (known !== undefined) {
          if (aborted) continue;
          return {
            key: step.key,
            element: step.value,
            transactions: [known.transaction, transaction],
          };
        }
        const before = previous.get(step.key);
        if (before !== undefined) before.last = false;
        const append = { transaction, last: true };
        previous.set(step.key, append);
        appends.set(step.value, append);
      }
    }
  for (const [transaction, { outcome, steps }] of all.entries())
    if (outcome === 'committed') collectReads(transaction, steps, at);
  return { keys };
}

function collectReads(
  transaction: number,
  steps: Transaction['steps'],
  at: (key: number) => ListKey,
): void {
  const own = new Map<number, number[]>();
  const external = new Map<number, readonly number[]>();
  for (const { f, key, value } of steps) {
    const appended = own.get(key) ?? [];
    if (f !== 'read') {
      own.set(key, [...appended, value]);
      continue;
    }
    const list = value as readonly number[];
    const ownSeen = endsWith(list, appended);
    const base = ownSeen ? list.slice(0, list.length - appended.length) : list;
    const before = external.get(key);
    const internal = ownSeen && (before === undefined || equal(before, base));
    if (before === undefined) external.set(key, base);
    at(key).reads.push({ transaction, key, list, base, internal });
  }
}

const equal = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((element, index) => element === b[index]);

const endsWith = (list: readonly number[], suffix: readonly number[]): boolean =>
  list.length >= suffix.length &&
  suffix.every((element, index) => element === list[list.length - suffix.length + index]);
