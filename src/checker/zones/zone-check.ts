import { NEVER } from '../../history/history.ts';
import type { HistoryColumns } from '../../history/history.ts';
import { CAS, OTHER, READ, WRITE } from '../search/machine.ts';
import type { RegisterColumns } from '../compile/compile-registers.ts';
import { WriterTable } from './writer-table.ts';

/** Why the zones cannot judge a register: it compares and sets, or a value was written twice (or is the initial one). */
export type Unjudged = 'cas' | 'repeated';

/** A value's cluster by its write; -1 stands for the initial value. */
export type ZoneViolation =
  | { readonly rule: 'never-written'; readonly object: number; readonly read: number }
  | {
      readonly rule: 'read-before-write';
      readonly object: number;
      readonly read: number;
      readonly write: number;
    }
  | {
      /** `overlap`: two forward zones; `inside`: the second zone, a backward one, lies inside the first. */
      readonly rule: 'overlap' | 'inside';
      readonly object: number;
      readonly first: number;
      readonly second: number;
    };

export interface ZoneResult {
  readonly unjudged: ReadonlyMap<number, Unjudged>;
  /** The violation whose first position comes first; `undefined` when every judged register is linearizable. */
  readonly violation: ZoneViolation | undefined;
  /** Per write: the end of the earliest operation and the beginning of the latest one of its cluster. */
  readonly firstEnd: Int32Array;
  readonly lastBegin: Int32Array;
  readonly initialLastBegin: Int32Array;
}

/**
 * Linearizability of read/write registers whose written values are all different, in linear time (Gibbons and Korach
 * 1997). The cluster of a value is its write and the reads of it; f is the first completion in it, s the last invocation.
 * With f < s the value must be held all through [f, s] (a forward zone), else some moment in [s, f] is enough (a backward zone).
 * Linearizable exactly if every value read was written, no read ends before its write begins, no two forward zones overlap,
 * and no backward zone lies inside a forward one. The initial value is a write before everything. A crashed write that was
 * read has no end; one that was not read is left out.
 */
export function zoneCheck(columns: HistoryColumns, registers: RegisterColumns): ZoneResult {
  const { kind, from, to, object, objects, initial } = registers;
  const { invoke, complete } = columns;
  const n = kind.length;
  const reasons = new Uint8Array(objects);
  const writers = new WriterTable(registers);
  for (let i = 0; i < n; i++) {
    const k = kind[i]!;
    if (k === CAS || k === OTHER) reasons[object[i]!] = 1;
    else if (k === WRITE && (to[i] === initial || !writers.add(i))) reasons[object[i]!] ||= 2;
  }
  const firstEnd = complete.slice();
  const lastBegin = invoke.slice();
  const initialLastBegin = new Int32Array(objects).fill(-1);
  const wasRead = new Uint8Array(n);
  let violation: ZoneViolation | undefined;
  let violationAt = NEVER;
  let positions = 0;
  for (let i = 0; i < n; i++) {
    const end = complete[i]!;
    positions = Math.max(positions, invoke[i]! + 1, end === NEVER ? 0 : end + 1);
    const o = object[i]!;
    if (kind[i] !== READ || reasons[o] !== 0) continue;
    const begin = invoke[i]!;
    const w = writers.find(o, from[i]!);
    if (w < 0) {
      if (from[i] === initial) {
        if (begin > initialLastBegin[o]!) initialLastBegin[o] = begin;
      } else if (end < violationAt) {
        violationAt = end;
        violation = { rule: 'never-written', object: o, read: i };
      }
      continue;
    }
    wasRead[w] = 1;
    if (end < invoke[w]! && end < violationAt) {
      violationAt = end;
      violation = { rule: 'read-before-write', object: o, read: i, write: w };
    }
    if (end < firstEnd[w]!) firstEnd[w] = end;
    if (begin > lastBegin[w]!) lastBegin[w] = begin;
  }
  const unjudged = new Map<number, Unjudged>();
  for (let o = 0; o < objects; o++)
    if (reasons[o] !== 0) unjudged.set(o, reasons[o] === 1 ? 'cas' : 'repeated');
  const result = { unjudged, firstEnd, lastBegin, initialLastBegin };
  if (violation !== undefined) return { ...result, violation };

  const zoneAt = new Int32Array(positions);
  for (let i = 0; i < n; i++) {
    if (kind[i] !== WRITE || reasons[object[i]!] !== 0) continue;
    if (complete[i] === NEVER && wasRead[i] === 0) continue;
    zoneAt[Math.min(firstEnd[i]!, lastBegin[i]!)] = i + 1;
  }
  const heldUntil = initialLastBegin.slice();
  const holder = new Int32Array(objects).fill(-1);
  for (let position = 0; position < positions; position++) {
    const w = zoneAt[position]! - 1;
    if (w < 0) continue;
    const o = object[w]!;
    const f = firstEnd[w]!;
    if (heldUntil[o]! > f) {
      const rule = f < lastBegin[w]! ? 'overlap' : 'inside';
      return { ...result, violation: { rule, object: o, first: holder[o]!, second: w } };
    }
    if (f < lastBegin[w]!) {
      heldUntil[o] = lastBegin[w]!;
      holder[o] = w;
    }
  }
  return { ...result, violation: undefined };
}
