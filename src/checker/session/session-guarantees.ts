import { thinAir } from '../causal/causal-models.ts';
import {
  ALL_READERS,
  HappensBefore,
  NO_READER,
  WITHOUT_CLOCKS,
  type DerivedEdge,
} from '../causal/happens-before.ts';
import { KeyWriters } from '../causal/key-writers.ts';
import { NO_VALUE } from '../causal/memory.ts';
import { PathFinder } from '../causal/path-finder.ts';
import { INITIAL, type Execution } from '../causal/reads-from.ts';
import type { Edge, Violation } from '../causal/violation.ts';
import { premise, type SessionGuarantee } from './session-premise.ts';

/** What a session must see, found read by read: calls `require(read, write)` for same-key writes, the latest per writer. */
type Requirements = (
  execution: Execution,
  writers: KeyWriters,
  session: number,
  require: (read: number, write: number) => void,
) => void;

const requirements: Readonly<Record<SessionGuarantee, Requirements>> = {
  'read-your-writes': ownWrites,
  'monotonic-reads': earlierReads,
  'monotonic-writes': writesBeforeSeen,
  'writes-follow-reads': readsBeforeSeen,
};

/** The first contradiction to the guarantee, or undefined. Linear in steps times the writers of a key. */
export function sessionGuarantee(
  execution: Execution,
  guarantee: SessionGuarantee,
): Violation | undefined {
  const nothing = thinAir(execution);
  if (nothing !== undefined) return nothing;
  const writers = new KeyWriters(execution.memory);
  const sessions: DerivedEdge[][] = [];
  for (let session = 0; session < execution.memory.processes; session += 1) {
    const edges: DerivedEdge[] = [];
    let lost: Violation | undefined;
    requirements[guarantee](execution, writers, session, (read, write) => {
      const writer = execution.from[read]!;
      if (writer === INITIAL)
        lost ??= { kind: 'lost-from-past', read, path: premise(execution, guarantee, write, read) };
      else if (write !== writer)
        edges.push({ from: write, to: writer, read, rule: 'write-before-writer' });
    });
    if (lost !== undefined) return lost;
    if (edges.length > 0 || session === 0) sessions.push(edges);
  }
  // One order that suits all sessions suits each; only if there is none is each asked by itself.
  if (cycle(execution, guarantee, sessions.flat()) === undefined) return undefined;
  for (const edges of sessions) {
    const edgesOfCycle = cycle(execution, guarantee, edges);
    if (edgesOfCycle !== undefined) return { kind: 'cycle', edges: edgesOfCycle };
  }
  return undefined;
}

function cycle(
  execution: Execution,
  guarantee: SessionGuarantee,
  edges: readonly DerivedEdge[],
): Edge[] | undefined {
  const readers = guarantee === 'writes-follow-reads' ? ALL_READERS : NO_READER;
  const order = new HappensBefore(execution, readers, WITHOUT_CLOCKS());
  for (const edge of edges) order.derive(edge);
  if (order.settle()) return undefined;
  return new PathFinder(order).shortCycle(order.stepOnCycle(), (edge) =>
    premise(execution, guarantee, edge.from, edge.read),
  );
}

function ownWrites(
  { memory }: Execution,
  _writers: KeyWriters,
  session: number,
  require: (read: number, write: number) => void,
): void {
  const last = new Map<number, number>();
  for (let step = memory.firstStep[session]!; step < memory.firstStep[session + 1]!; step += 1) {
    const own = last.get(memory.key[step]!);
    if (memory.read[step] !== NO_VALUE && own !== undefined) require(step, own);
    if (memory.write[step] !== NO_VALUE) last.set(memory.key[step]!, step);
  }
}

function earlierReads(
  { memory, from }: Execution,
  _writers: KeyWriters,
  session: number,
  require: (read: number, write: number) => void,
): void {
  const last = new Map<number, number>();
  for (let step = memory.firstStep[session]!; step < memory.firstStep[session + 1]!; step += 1) {
    if (memory.read[step] === NO_VALUE) continue;
    // The one returned last is enough: it in turn came after the ones before it.
    const before = last.get(memory.key[step]!);
    if (before !== undefined) require(step, before);
    if (from[step]! >= 0) last.set(memory.key[step]!, from[step]!);
  }
}

function writesBeforeSeen(
  { memory, from }: Execution,
  writers: KeyWriters,
  session: number,
  require: (read: number, write: number) => void,
): void {
  const { firstStep, process, key } = memory;
  /** Per process: how many of its steps come before the latest of its writes that the session has read. */
  const before = new Int32Array(memory.processes);
  for (let step = firstStep[session]!; step < firstStep[session + 1]!; step += 1) {
    if (memory.read[step] === NO_VALUE) continue;
    const writer = from[step]!;
    if (writer >= 0) {
      const p = process[writer]!;
      before[p] = Math.max(before[p]!, writer - firstStep[p]!);
    }
    const end = writers.endRun(key[step]!);
    for (let run = writers.firstRun(key[step]!); run < end; run += 1) {
      const write = writers.lastWithin(run, before[writers.processOf(run)]!);
      if (write >= 0) require(step, write);
    }
  }
}

function readsBeforeSeen(
  { memory, from }: Execution,
  writers: KeyWriters,
  session: number,
  require: (read: number, write: number) => void,
): void {
  const { firstStep, process, key } = memory;
  /** Per process: how many of its steps have been searched for reads. */
  const searched = new Int32Array(memory.processes);
  /** Per key and writing process: the latest write that must be seen. */
  const latest = new Int32Array(writers.runs).fill(-1);
  const reached: number[] = [];
  const search = (): void => {
    for (let write = reached.pop(); write !== undefined; write = reached.pop()) {
      const p = process[write]!;
      for (let step = firstStep[p]! + searched[p]!; step <= write; step += 1) {
        searched[p] = step - firstStep[p]! + 1;
        const source = from[step]!;
        if (source < 0) continue;
        const run = writers.runOf(source);
        latest[run] = Math.max(latest[run]!, source);
        reached.push(source);
      }
    }
  };
  for (let step = firstStep[session]!; step < firstStep[session + 1]!; step += 1) {
    if (memory.read[step] === NO_VALUE) continue;
    if (from[step]! >= 0) {
      reached.push(from[step]!);
      search();
    }
    const end = writers.endRun(key[step]!);
    for (let run = writers.firstRun(key[step]!); run < end; run += 1)
      if (latest[run]! >= 0) require(step, latest[run]!);
  }
}
