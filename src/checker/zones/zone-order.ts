import type { History } from '../../history/history.ts';
import { NEVER } from '../../history/history.ts';
import type { RegisterColumns } from '../compile/compile-registers.ts';
import { READ, WRITE } from '../search/machine.ts';
import type { VerdictMaker } from '../verdict-maker.ts';
import { WriterTable } from './writer-table.ts';
import type { ZoneResult } from './zone-check.ts';

/**
 * Gives `maker` an order for every register that the zones found linearizable: forward zones as they come, each backward zone
 * at a moment that no forward zone covers; within a zone the write, then the reads as they began.
 */
export function zoneOrder(
  history: History,
  registers: RegisterColumns,
  zones: ZoneResult,
  maker: VerdictMaker,
): void {
  const { kind, from, object } = registers;
  const { invoke, complete } = history.columns;
  const writers = new WriterTable(registers);
  const readers = new Map<number, number[]>();
  const clusters = new Map<number, number[]>();
  for (let i = 0; i < kind.length; i++)
    if (kind[i] === WRITE && !zones.unjudged.has(object[i]!)) writers.add(i);
  const orders = new Map<number, number[]>();
  for (let i = 0; i < kind.length; i++) {
    const o = object[i]!;
    if (zones.unjudged.has(o) || (kind[i] !== READ && kind[i] !== WRITE)) continue;
    if (!orders.has(o)) orders.set(o, []);
    if (kind[i] === WRITE) continue;
    const w = writers.find(o, from[i]!);
    // Reads of the initial value come before everything else.
    if (w < 0) orders.get(o)!.push(i);
    else if (readers.has(w)) readers.get(w)!.push(i);
    else readers.set(w, [i]);
  }
  for (let w = 0; w < kind.length; w++) {
    if (kind[w] !== WRITE || zones.unjudged.has(object[w]!)) continue;
    if (complete[w] === NEVER && !readers.has(w)) continue;
    const list = clusters.get(object[w]!);
    if (list === undefined) clusters.set(object[w]!, [w]);
    else list.push(w);
  }
  for (const [o, order] of orders) {
    const moments = momentsOf(clusters.get(o) ?? [], zones, o);
    for (const { write } of moments) {
      order.push(write);
      const reads = readers.get(write) ?? [];
      reads.sort((a, b) => invoke[a]! - invoke[b]!);
      for (const read of reads) order.push(read);
    }
    maker.ordered(order);
  }
}

function momentsOf(
  writes: readonly number[],
  zones: ZoneResult,
  object: number,
): { write: number; at: number }[] {
  const { firstEnd, lastBegin } = zones;
  const sorted = [...writes].sort(
    (a, b) =>
      Math.min(firstEnd[a]!, lastBegin[a]!) - Math.min(firstEnd[b]!, lastBegin[b]!) || a - b,
  );
  let heldUntil = zones.initialLastBegin[object]!;
  const moments: { write: number; at: number }[] = [];
  for (const write of sorted) {
    const forward = firstEnd[write]! < lastBegin[write]!;
    if (forward) heldUntil = lastBegin[write]!;
    // Half a position after the zone that covers its beginning, else at its beginning.
    const at = forward ? firstEnd[write]! : Math.max(lastBegin[write]!, heldUntil + 0.5);
    moments.push({ write, at });
  }
  return moments.sort((a, b) => a.at - b.at || a.write - b.write);
}
