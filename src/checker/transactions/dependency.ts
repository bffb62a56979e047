import type { Anomaly } from './anomaly.ts';
import type { Transaction } from './transaction.ts';

/**
 * An edge between two transactions: `ww` the second installed the next version, `wr` it read the first's version, `rw` it
 * installed the version after the one the first read; `process` and `realtime`: it began after the first had ended, in
 * the same session or anywhere.
 */
export interface Dependency {
  readonly from: number;
  readonly to: number;
  readonly type: DependencyType;
  /** Codes of the key and of the two versions; NOTHING for process and realtime edges. */
  readonly key: number;
  /** The version that came first: what the first wrote (ww, wr) or read (rw; NOTHING for the initial version). */
  readonly earlier: number;
  /** The version that came second, or again the first for wr. */
  readonly later: number;
  /** Why the versions have this order when neither the values nor a single read tell. */
  readonly because?: readonly Dependency[];
}

export type DependencyType = 'ww' | 'wr' | 'rw' | 'process' | 'realtime';

/** No key, no value: value codes are never -1. */
export const NOTHING = -1;

/** What a history of transactions tells: which took part, and in which order versions were installed and read. */
export interface Dependencies {
  /** Committed transactions, and unknown ones of which something was read. Edges use indices into this list. */
  readonly transactions: readonly Transaction[];
  readonly edges: readonly Dependency[];
  /** Pairs of writers of one key whose order the history leaves open. */
  readonly choices: readonly VersionChoice[];
  /** Orders that atomic visibility (read atomic) forces on top of ww and wr. */
  readonly atomicEdges: readonly Dependency[];
  /** Contradictions that are no cycles. */
  readonly anomalies: readonly Anomaly[];
}

/** Transactions `a` and `b` wrote one key; one came first, and then so did all who read its version. */
export interface VersionChoice {
  readonly a: number;
  readonly b: number;
  readonly key: number;
  /** What each left behind; for lists, the first of its appends that nobody read. */
  readonly valueOfA: number;
  readonly valueOfB: number;
  readonly readersOfA: readonly number[];
  readonly readersOfB: readonly number[];
}

/** Successive transactions of one process. */
export function processEdges(transactions: readonly Transaction[]): Dependency[] {
  const last = new Map<number, number>();
  const edges: Dependency[] = [];
  for (const [to, transaction] of transactions.entries()) {
    const from = last.get(transaction.process);
    if (from !== undefined)
      edges.push({ from, to, type: 'process', key: NOTHING, earlier: NOTHING, later: NOTHING });
    last.set(transaction.process, to);
  }
  return edges;
}

/** The transitive reduction, nearly, of "ended before the other began": at most one edge per concurrent pair and end. */
export function realtimeEdges(transactions: readonly Transaction[]): Dependency[] {
  const events = transactions.flatMap((transaction, id) => [
    { at: transaction.invoke, id, begins: true },
    // Of an unknown outcome: at the very end, when nothing begins any more.
    { at: transaction.complete, id, begins: false },
  ]);
  events.sort((a, b) => a.at - b.at);
  const edges: Dependency[] = [];
  /** Ended transactions that no later ended one follows. */
  let frontier: number[] = [];
  const before = new Map<number, readonly number[]>();
  for (const { id, begins } of events) {
    if (begins) {
      before.set(id, frontier);
      for (const from of frontier)
        edges.push({
          from,
          to: id,
          type: 'realtime',
          key: NOTHING,
          earlier: NOTHING,
          later: NOTHING,
        });
    } else {
      const implied = new Set(before.get(id));
      frontier = [...frontier.filter((other) => !implied.has(other)), id];
    }
  }
  return edges;
}
