import type { Anomaly, AnomalyName } from './anomaly.ts';
import { components } from './components.ts';
import { findCycles, named, type Cycle } from './cycles.ts';
import { processEdges, realtimeEdges, type Dependencies, type Dependency } from './dependency.ts';
import {
  DEFAULT_POLYGRAPH_WORK,
  solvePolygraph,
  type PolygraphChoice,
  type PolygraphEdge,
} from './polygraph.ts';
import { NEVER } from '../../history/history.ts';

/** Isolation levels, weakest first; each line of `strongerThan` in the lattice says what implies what. */
export type IsolationLevel =
  | 'read-committed'
  | 'read-atomic'
  | 'snapshot-isolation'
  | 'strong-session-snapshot-isolation'
  | 'strong-snapshot-isolation'
  | 'repeatable-read'
  | 'serializable'
  | 'strong-session-serializable'
  | 'strict-serializable';

export const ISOLATION_LEVELS: readonly IsolationLevel[] = [
  'read-committed',
  'read-atomic',
  'snapshot-isolation',
  'strong-session-snapshot-isolation',
  'strong-snapshot-isolation',
  'repeatable-read',
  'serializable',
  'strong-session-serializable',
  'strict-serializable',
];

export type IsolationOutcome =
  | { readonly verdict: 'holds'; readonly procedure: string }
  | {
      readonly verdict: 'violated';
      readonly procedure: string;
      readonly proof: Anomaly | Cycle | undefined;
    }
  | { readonly verdict: 'inconclusive'; readonly procedure: string; readonly reason: string };

const NO_VERSION_ORDER: readonly AnomalyName[] = [
  'G1a',
  'G1b',
  'garbage-read',
  'duplicate-elements',
  'incompatible-order',
  'dirty-update',
];
const NOT_ATOMIC: readonly AnomalyName[] = [...NO_VERSION_ORDER, 'internal', 'fractured-read'];

/** Judges the dependencies of one history under isolation levels; what levels share is computed once. */
export class IsolationJudge {
  readonly #dependencies: Dependencies;
  readonly #process: readonly Dependency[];
  readonly #realtime: readonly Dependency[];
  readonly #work: number;
  #cycles: readonly Cycle[] | undefined;

  constructor(dependencies: Dependencies, work = DEFAULT_POLYGRAPH_WORK) {
    this.#dependencies = dependencies;
    this.#process = processEdges(dependencies.transactions);
    this.#realtime = realtimeEdges(dependencies.transactions);
    this.#work = work;
  }

  /** A short example of every kind of cycle among the known dependencies. */
  get cycles(): readonly Cycle[] {
    const { transactions, edges } = this.#dependencies;
    this.#cycles ??= findCycles(transactions.length, [
      ...edges,
      ...this.#process,
      ...this.#realtime,
    ]);
    return this.#cycles;
  }

  judge(level: IsolationLevel): IsolationOutcome {
    const basic = this.#basic(level);
    if (basic !== undefined)
      return { verdict: 'violated', procedure: 'direct anomaly', proof: basic };
    switch (level) {
      case 'read-committed':
        return this.#acyclic([]);
      case 'read-atomic':
        return this.#acyclic(this.#dependencies.atomicEdges);
      case 'snapshot-isolation':
        return this.#solve(true, []);
      case 'strong-session-snapshot-isolation':
        return this.#solve(true, this.#process);
      case 'strong-snapshot-isolation':
        return this.#solve(true, [...this.#process, ...this.#realtime]);
      case 'repeatable-read':
      case 'serializable':
        return this.#solve(false, []);
      case 'strong-session-serializable':
        return this.#solve(false, this.#process);
      case 'strict-serializable':
        return this.#solve(false, [...this.#process, ...this.#realtime]);
    }
  }

  /** An anomaly that is no cycle and rules the level out. */
  #basic(level: IsolationLevel): Anomaly | undefined {
    const names = level === 'read-committed' ? NO_VERSION_ORDER : NOT_ATOMIC;
    const rules = (name: AnomalyName): boolean =>
      names.includes(name) ||
      (name === 'lost-update' && level !== 'read-committed' && level !== 'read-atomic');
    const found = this.#dependencies.anomalies.filter((anomaly) => rules(anomaly.name));
    return found.toSorted((a, b) => a.operations.length - b.operations.length)[0];
  }

  /** Levels that only forbid cycles of writes and reads: one more kind of edge may be forced by atomicity. */
  #acyclic(more: readonly Dependency[]): IsolationOutcome {
    const { transactions, edges } = this.#dependencies;
    const known = [...edges.filter((edge) => edge.type !== 'rw'), ...more];
    const procedure = 'cycle search';
    if (!cyclic(transactions.length, known)) return { verdict: 'holds', procedure };
    const [cycle] = findCycles(transactions.length, known);
    return { verdict: 'violated', procedure, proof: cycle };
  }

  /**
   * Serializable: one event per transaction. Snapshot isolation: a start and a commit per transaction; what it depends on
   * committed before it started, and it started before what it missed committed (Cerone and Gotsman, JACM 2018).
   */
  #solve(snapshots: boolean, order: readonly Dependency[]): IsolationOutcome {
    const { transactions, edges, choices } = this.#dependencies;
    const start = (id: number): number => (snapshots ? 2 * id : id);
    const commit = (id: number): number => (snapshots ? 2 * id + 1 : id);
    const event = (dependency: Dependency): PolygraphEdge =>
      dependency.type === 'rw'
        ? { from: start(dependency.from), to: commit(dependency.to), dependency }
        : { from: commit(dependency.from), to: start(dependency.to), dependency };
    const known = [...edges, ...order].map(event);
    if (snapshots)
      for (let id = 0; id < transactions.length; id += 1)
        known.push({ from: start(id), to: commit(id), dependency: undefined });
    const relevant = snapshots
      ? choices
      : choices.filter((c) => c.readersOfA.length + c.readersOfB.length > 0);
    const side = (
      [a, earlier]: readonly [number, number],
      [b, later]: readonly [number, number],
      key: number,
      readers: readonly number[],
    ): PolygraphEdge[] => [
      event({ from: a, to: b, type: 'ww', key, earlier, later }),
      ...readers
        .filter((reader) => reader !== b)
        .map((from) => event({ from, to: b, type: 'rw', key, earlier, later })),
    ];
    const result = solvePolygraph(
      {
        nodes: transactions.length * (snapshots ? 2 : 1),
        edges: known,
        choices: relevant.map(
          ({ a, b, key, valueOfA, valueOfB, readersOfA, readersOfB }): PolygraphChoice => ({
            either: side([a, valueOfA], [b, valueOfB], key, readersOfA),
            or: side([b, valueOfB], [a, valueOfA], key, readersOfB),
          }),
        ),
        preference: (node) => {
          const { invoke, complete } = transactions[snapshots ? node >> 1 : node]!;
          if (snapshots && node % 2 === 0) return invoke;
          return complete === NEVER ? invoke : complete;
        },
      },
      this.#work,
    );
    switch (result.kind) {
      case 'acyclic':
        return { verdict: 'holds', procedure: result.procedure };
      case 'budget':
        return {
          verdict: 'inconclusive',
          procedure: 'search over orders of versions',
          reason: result.reason,
        };
      case 'cyclic':
        return {
          verdict: 'violated',
          procedure: result.procedure,
          proof:
            result.cycle === undefined ? this.#knownCycle(snapshots, order) : named(result.cycle),
        };
    }
  }

  /** A short cycle of the kinds that the level forbids, if the known edges alone have one. */
  #knownCycle(snapshots: boolean, order: readonly Dependency[]): Cycle | undefined {
    const types = new Set(order.map((edge) => edge.type));
    const allowed = this.cycles.filter(
      ({ name, edges }) =>
        edges.every(({ type }) => (type !== 'process' && type !== 'realtime') || types.has(type)) &&
        !(snapshots && name.startsWith('G2-item')),
    );
    return allowed.toSorted((a, b) => a.edges.length - b.edges.length)[0];
  }
}

function cyclic(nodes: number, edges: readonly Dependency[]): boolean {
  return components({
    nodes,
    from: edges.map((edge) => edge.from),
    to: edges.map((edge) => edge.to),
  }).cyclic;
}
