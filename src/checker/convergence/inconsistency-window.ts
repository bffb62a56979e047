import { NEVER, type History } from '../../history/history.ts';
import { NO_VALUE, type Memory } from '../causal/memory.ts';
import { INITIAL, resolveReads, THIN_AIR } from '../causal/reads-from.ts';

/** One read that returned a value which had certainly been replaced before the read began. */
export interface StaleRead {
  /** Operation index of the read, of the write it returned (undefined: the initial value), and of the first newer write. */
  readonly read: number;
  readonly returned: number | undefined;
  readonly newer: number;
  /** From the acknowledgement of the first newer write to the invocation of the read; NaN without times. */
  readonly ageUs: number;
  /** The same in events (invocations and completions of anyone). */
  readonly ageEvents: number;
  /** How many newer writes had been acknowledged: k of k-staleness. */
  readonly versionsBehind: number;
}

/** The inconsistency window (不一致性窗口, 窗口时间) that a history shows. */
export interface InconsistencyWindow {
  /** Reads whose writer is known; only these are measured. */
  readonly reads: number;
  readonly staleReads: number;
  /** 0 when no read was stale; NaN when stale reads have no times. */
  readonly longestUs: number;
  readonly longestEvents: number;
  readonly mostVersionsBehind: number;
  /** The stalest reads, by age in events, at most ten. */
  readonly worst: readonly StaleRead[];
}

const WORST = 10;

/**
 * Measures how old the values were that reads returned. A write is newer than another only if it was invoked after the
 * other had completed, so the window is never overestimated. Returns undefined when a value was written twice: then the
 * writer of a read is not known.
 */
export function inconsistencyWindow(
  history: History,
  memory: Memory,
): InconsistencyWindow | undefined {
  const resolution = resolveReads(memory);
  if (resolution.kind === 'ambiguous') return undefined;
  const { memory: applied, from } = resolution.execution;
  const keys = writesByKey(history, applied);
  const { invoke, complete, invokeTimeUs, completeTimeUs } = history.columns;
  let reads = 0;
  let staleReads = 0;
  let longestUs = 0;
  let longestEvents = 0;
  let mostVersionsBehind = 0;
  let worst: StaleRead[] = [];
  for (let step = 0; step < applied.steps; step += 1) {
    if (applied.read[step] === NO_VALUE || from[step] === THIN_AIR) continue;
    reads += 1;
    const writer = from[step]!;
    const returned = writer === INITIAL ? undefined : applied.operation[writer]!;
    const read = applied.operation[step]!;
    const settled = returned === undefined ? -1 : complete[returned]!;
    const { operations, earliest } = keys[applied.key[step]!]!;
    const first = firstInvokedAfter(operations, invoke, settled);
    const newer = earliest[first];
    if (newer === undefined || complete[newer]! >= invoke[read]!) continue;
    staleReads += 1;
    let versionsBehind = 0;
    for (let at = first; at < operations.length; at += 1) {
      if (invoke[operations[at]!]! > invoke[read]!) break;
      if (complete[operations[at]!]! < invoke[read]!) versionsBehind += 1;
    }
    const ageUs = invokeTimeUs[read]! - completeTimeUs[newer]!;
    const ageEvents = invoke[read]! - complete[newer]!;
    longestUs = Math.max(longestUs, ageUs);
    longestEvents = Math.max(longestEvents, ageEvents);
    mostVersionsBehind = Math.max(mostVersionsBehind, versionsBehind);
    worst.push({ read, returned, newer, ageUs, ageEvents, versionsBehind });
    if (worst.length >= 4 * WORST) worst = stalest(worst);
  }
  return {
    reads,
    staleReads,
    longestUs,
    longestEvents,
    mostVersionsBehind,
    worst: stalest(worst),
  };
}

const stalest = (reads: readonly StaleRead[]): StaleRead[] =>
  reads.toSorted((a, b) => b.ageEvents - a.ageEvents || a.read - b.read).slice(0, WORST);

interface KeyWrites {
  /** Writes in order of invocation. */
  readonly operations: readonly number[];
  /** For every place, the write at it or after it that completed first. */
  readonly earliest: Int32Array;
}

function writesByKey(history: History, memory: Memory): KeyWrites[] {
  const lists: number[][] = Array.from({ length: memory.keys }, () => []);
  for (let step = 0; step < memory.steps; step += 1)
    if (memory.write[step] !== NO_VALUE) lists[memory.key[step]!]!.push(memory.operation[step]!);
  const { complete } = history.columns;
  return lists.map((operations) => {
    operations.sort((a, b) => a - b);
    const earliest = new Int32Array(operations.length);
    let best = -1;
    for (let at = operations.length - 1; at >= 0; at -= 1) {
      const operation = operations[at]!;
      if (best < 0 || complete[operation]! < complete[best]!) best = operation;
      earliest[at] = best;
    }
    return { operations, earliest };
  });
}

/** Place of the first write invoked after the position; none is when the position is NEVER. */
function firstInvokedAfter(
  operations: readonly number[],
  invoke: Int32Array,
  position: number,
): number {
  if (position === NEVER) return operations.length;
  let low = 0;
  let high = operations.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (invoke[operations[middle]!]! > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
