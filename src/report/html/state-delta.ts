import { canonicalJson } from '../../history/canonical-json.ts';
import type { LaneValue } from '../../protocols/lane.ts';

export type Fields = Readonly<Record<string, LaneValue>>;

/** How fields change: new values, the changed end of a list, and what is gone. A node that is down keeps the last it had. */
export interface FieldsDelta {
  readonly set?: Fields;
  /** Of a list, how many items stay, and what follows them. */
  readonly tail?: Readonly<Record<string, readonly [keep: number, ...items: LaneValue[]]>>;
  readonly gone?: readonly string[];
}

/** Null when nothing differs. */
export function diffFields(before: Fields, after: Fields): FieldsDelta | null {
  const set: Record<string, LaneValue> = {};
  const tail: Record<string, readonly [number, ...LaneValue[]]> = {};
  let count = 0;
  for (const name of Object.keys(after)) {
    const [old, now] = [before[name], after[name]!];
    if (Array.isArray(old) && Array.isArray(now)) {
      const [a, b] = [old as readonly LaneValue[], now as readonly LaneValue[]];
      const keep = commonLength(a, b);
      if (keep === a.length && keep === b.length) continue;
      tail[name] = [keep, ...b.slice(keep)];
    } else if (sameValue(old, now)) continue;
    else set[name] = now;
    count += 1;
  }
  const gone = Object.keys(before).filter((name) => !(name in after));
  if (count === 0 && gone.length === 0) return null;
  return {
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(Object.keys(tail).length > 0 ? { tail } : {}),
    ...(gone.length > 0 ? { gone } : {}),
  };
}

function commonLength(a: readonly LaneValue[], b: readonly LaneValue[]): number {
  const shorter = Math.min(a.length, b.length);
  let length = 0;
  while (length < shorter && sameValue(a[length], b[length]!)) length += 1;
  return length;
}

function sameValue(a: LaneValue | undefined, b: LaneValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return canonicalJson(a) === canonicalJson(b);
}
