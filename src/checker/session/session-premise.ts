import { INITIAL, type Execution } from '../causal/reads-from.ts';
import type { Edge } from '../causal/violation.ts';

/**
 * The four session guarantees of Terry, Demers, Petersen, Spreitzer, Theimer, Welch: "Session guarantees for weakly
 * consistent replicated data" (PDIS 1994), in the axiomatic form of Viotti and Vukolić (2016), judged for each session
 * (process) by itself: there is an order of all writes, which keeps the order in which every session issued its own, such
 * that each read of the session returns the last of the writes to its key that it must see. What it must see:
 *
 * - read your writes: the session's own earlier writes;
 * - monotonic reads: what the session's earlier reads returned;
 * - monotonic writes: whatever a session had written before a write that this session has read;
 * - writes follow reads: whatever a session had read before a write that this session has read, and so on backwards; and
 *   the order of writes puts a write after what its session had read before it.
 */
export type SessionGuarantee =
  'read-your-writes' | 'monotonic-reads' | 'monotonic-writes' | 'writes-follow-reads';

const program = (from: number, to: number): Edge => ({ from, to, reason: { by: 'program' } });
const reads = (from: number, to: number): Edge => ({ from, to, reason: { by: 'reads' } });

/** Why `read` must see `write` under the guarantee, as a path from the write to the read. */
export function premise(
  execution: Execution,
  guarantee: SessionGuarantee,
  write: number,
  read: number,
): Edge[] {
  switch (guarantee) {
    case 'read-your-writes':
      return [program(write, read)];
    case 'monotonic-reads':
      return seenBy(execution, read, (seen) => (seen === write ? [] : undefined));
    case 'monotonic-writes':
      return seenBy(execution, read, (seen) =>
        execution.memory.process[seen] === execution.memory.process[write] && seen > write
          ? [program(write, seen)]
          : undefined,
      );
    case 'writes-follow-reads':
      return seenBy(execution, read, (seen) => readBefore(execution, write, seen));
  }
}

/** The path write ... seen -> earlier read -> read, over the latest earlier read for which `reach` gives a path to what it returned. */
function seenBy(
  { memory, from }: Execution,
  read: number,
  reach: (seen: number) => Edge[] | undefined,
): Edge[] {
  const first = memory.firstStep[memory.process[read]!]!;
  for (let earlier = read; earlier >= first; earlier -= 1) {
    if (from[earlier]! <= INITIAL) continue;
    const path = reach(from[earlier]!);
    if (path === undefined) continue;
    path.push(reads(from[earlier]!, earlier));
    if (earlier !== read) path.push(program(earlier, read));
    return path;
  }
  throw new Error(`internal error: step ${read} need not see what it was said to have to see`);
}

/** A shortest chain "write was read before ... was read before seen", or undefined. */
function readBefore({ memory, from }: Execution, write: number, seen: number): Edge[] | undefined {
  const { firstStep, process } = memory;
  /** Per write reached backwards: the read that returned it and the write that followed. */
  const origin = new Map<number, { read: number; next: number }>();
  /** Per process: its reads before this step have been followed. */
  const followed = new Map<number, number>();
  const queue = [seen];
  for (const next of queue) {
    const start = followed.get(process[next]!) ?? firstStep[process[next]!]!;
    for (let read = start; read <= next; read += 1) {
      const source = from[read]!;
      if (source < 0 || origin.has(source)) continue;
      origin.set(source, { read, next });
      queue.push(source);
    }
    followed.set(process[next]!, Math.max(start, next + 1));
    if (origin.has(write)) break;
  }
  if (!origin.has(write)) return undefined;
  const edges: Edge[] = [];
  let at = write;
  do {
    const { read, next } = origin.get(at)!;
    edges.push(reads(at, read));
    if (read !== next) edges.push(program(read, next));
    at = next;
  } while (at !== seen);
  return edges;
}
