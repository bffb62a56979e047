import type { History } from '../../../src/history/history.ts';
import type { IsolationLevel } from '../../../src/checker/transactions/isolation.ts';

type Step = readonly [f: string, key: number, value: unknown];

interface Txn {
  readonly process: number | string;
  readonly steps: readonly Step[];
  readonly reads: boolean;
  readonly invoke: number;
  readonly complete: number;
}

/**
 * Exhaustive judges of tiny transactional histories from operational definitions: all subsets of unknown transactions, all
 * serial orders, all interleavings of starts and commits, all orders and sets of visible transactions.
 */
export function isolationOracle(history: History, lists: boolean, level: IsolationLevel): boolean {
  const certain: Txn[] = [];
  const unknown: Txn[] = [];
  for (const op of history.operations()) {
    if (op.status === 'fail') continue;
    const ok = op.status === 'ok';
    const txn = {
      process: op.process,
      steps: (ok ? op.output : op.input) as Step[],
      reads: ok,
      invoke: op.invoke,
      complete: op.complete,
    };
    (ok ? certain : unknown).push(txn);
  }
  for (let subset = 0; subset < 1 << unknown.length; subset += 1) {
    const txns = [...certain, ...unknown.filter((_, bit) => (subset >> bit) & 1)];
    if (explained(txns, lists, level)) return true;
  }
  return false;
}

function explained(txns: readonly Txn[], lists: boolean, level: IsolationLevel): boolean {
  switch (level) {
    case 'read-committed':
      return readCommitted(txns, lists);
    case 'read-atomic':
      return readAtomic(txns, lists);
    case 'repeatable-read':
    case 'serializable':
      return serial(txns, lists, () => false);
    case 'strong-session-serializable':
      return serial(txns, lists, sessionBefore);
    case 'strict-serializable':
      return serial(txns, lists, realBefore);
    case 'snapshot-isolation':
      return snapshots(txns, lists, () => false);
    case 'strong-session-snapshot-isolation':
      return snapshots(txns, lists, sessionBefore);
    case 'strong-snapshot-isolation':
      return snapshots(txns, lists, realBefore);
  }
}

type Before = (a: Txn, b: Txn) => boolean;
const sessionBefore: Before = (a, b) => a.process === b.process && a.invoke < b.invoke;
const realBefore: Before = (a, b) => a.complete < b.invoke;

type State = ReadonlyMap<number, readonly unknown[]>;

/** The state after a transaction that saw `base`, or undefined if one of its reads is wrong. Registers: the last element. */
function run(txn: Txn, base: State, lists: boolean): Map<number, unknown[]> | undefined {
  const own = new Map<number, unknown[]>();
  for (const [f, key, value] of txn.steps) {
    if (f !== 'r') {
      own.set(key, [...(own.get(key) ?? []), value]);
      continue;
    }
    const seen = [...(base.get(key) ?? []), ...(own.get(key) ?? [])];
    const shown = lists ? seen : (seen.at(-1) ?? null);
    if (txn.reads && JSON.stringify(shown) !== JSON.stringify(value ?? (lists ? [] : null)))
      return undefined;
  }
  return own;
}

const install = (state: State, own: ReadonlyMap<number, unknown[]>): State => {
  const next = new Map(state);
  for (const [key, values] of own) next.set(key, [...(state.get(key) ?? []), ...values]);
  return next;
};

function serial(txns: readonly Txn[], lists: boolean, before: Before): boolean {
  const place = (left: readonly Txn[], state: State): boolean =>
    left.length === 0 ||
    left.some((txn) => {
      if (left.some((other) => other !== txn && before(other, txn))) return false;
      const own = run(txn, state, lists);
      return (
        own !== undefined &&
        place(
          left.filter((other) => other !== txn),
          install(state, own),
        )
      );
    });
  return place(txns, new Map());
}

function snapshots(txns: readonly Txn[], lists: boolean, before: Before): boolean {
  interface Started {
    readonly txn: Txn;
    readonly own: ReadonlyMap<number, unknown[]>;
    readonly conflicts: ReadonlySet<number>;
  }
  const place = (waiting: readonly Txn[], started: readonly Started[], state: State): boolean => {
    if (waiting.length === 0 && started.length === 0) return true;
    const commits = started.some((entry) => {
      // First committer wins: nobody who started before this commit and wrote the same key may commit after it.
      if ([...entry.own.keys()].some((key) => entry.conflicts.has(key))) return false;
      const others = started
        .filter((other) => other !== entry)
        .map((other) => ({
          ...other,
          conflicts: new Set([...other.conflicts, ...entry.own.keys()]),
        }));
      return place(waiting, others, install(state, entry.own));
    });
    if (commits) return true;
    return waiting.some((txn) => {
      const early = (other: Txn): boolean => other !== txn && before(other, txn);
      if (waiting.some(early) || started.some((entry) => early(entry.txn))) return false;
      const own = run(txn, state, lists);
      if (own === undefined) return false;
      return place(
        waiting.filter((other) => other !== txn),
        [...started, { txn, own, conflicts: new Set() }],
        state,
      );
    });
  };
  return place(txns, [], new Map());
}

/** Orders of arbitration with, for every transaction, a set of earlier ones that it saw whole (Cerone et al., CONCUR 2015). */
function readAtomic(txns: readonly Txn[], lists: boolean): boolean {
  const order: Txn[] = [];
  const place = (): boolean => {
    if (order.length === txns.length) return !lists || ownListsFit(order);
    return txns.some((txn) => {
      if (order.includes(txn)) return false;
      const sees = subsets(order).some((visible) => {
        let state: State = new Map();
        for (const other of visible) state = install(state, writesOf(other));
        return run(txn, state, lists) !== undefined;
      });
      if (!sees) return false;
      order.push(txn);
      const found = place();
      order.pop();
      return found;
    });
  };
  return place();
}

/** A list read after an own append is the version that the transaction installed, hence a prefix of the final one. */
function ownListsFit(order: readonly Txn[]): boolean {
  let state: State = new Map();
  for (const txn of order) state = install(state, writesOf(txn));
  return order.every((txn) =>
    txn.steps.every(([f, key, value]) => {
      if (f !== 'r' || !txn.reads) return true;
      const list = (value ?? []) as unknown[];
      return list.every((element, at) => state.get(key)?.[at] === element);
    }),
  );
}

function writesOf(txn: Txn): Map<number, unknown[]> {
  const own = new Map<number, unknown[]>();
  for (const [f, key, value] of txn.steps)
    if (f !== 'r') own.set(key, [...(own.get(key) ?? []), value]);
  return own;
}

function subsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 1 << items.length }, (_, set) =>
    items.filter((_item, bit) => (set >> bit) & 1),
  );
}

/**
 * Adya's PL-2: some order of the transactions agrees with the order of versions of every key and puts every read after the
 * transaction whose final version it returned. Each read may look at another prefix; own writes are not constrained.
 */
function readCommitted(txns: readonly Txn[], lists: boolean): boolean {
  const order: Txn[] = [];
  const fits = (): boolean => {
    let final: State = new Map();
    for (const txn of order) final = install(final, writesOf(txn));
    const versions = new Map<number, string[]>();
    return order.every((txn) => {
      const own = new Map<number, unknown[]>();
      const right = txn.steps.every(([f, key, value]) => {
        if (f !== 'r') {
          own.set(key, [...(own.get(key) ?? []), value]);
          return true;
        }
        if (!txn.reads) return true;
        if (!lists) {
          if (value === own.get(key)?.at(-1) && value !== undefined) return true;
          return (versions.get(key) ?? []).includes(JSON.stringify(value)) || value === null;
        }
        const list = (value ?? []) as unknown[];
        if (!list.every((element, at) => final.get(key)?.[at] === element)) return false;
        const suffix = own.get(key) ?? [];
        const ends = suffix.every(
          (element, at) => list[list.length - suffix.length + at] === element,
        );
        const base = ends ? list.slice(0, list.length - suffix.length) : list;
        return base.length === 0 || (versions.get(key) ?? []).includes(JSON.stringify(base.at(-1)));
      });
      for (const [key, values] of writesOf(txn))
        versions.set(key, [...(versions.get(key) ?? []), JSON.stringify(values.at(-1))]);
      return right;
    });
  };
  const place = (): boolean =>
    order.length === txns.length
      ? fits()
      : txns.some((txn) => {
          if (order.includes(txn)) return false;
          order.push(txn);
          const found = place();
          order.pop();
          return found;
        });
  return place();
}
