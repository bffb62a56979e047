import { COMMIT_FIELD, LOG_FIELD, LOG_FIRST_FIELD } from '../../protocols/lane.ts';
import type { Fields } from '../../report/html/state-delta.ts';

/** A replicated log as one node holds it. */
export interface HeldLog {
  readonly node: number;
  readonly first: number;
  readonly commit: number;
  /** `3 write x 2`: the term and the entry. */
  readonly entries: readonly string[];
}

/** The log in a node's fields; null when the node keeps none. */
export function logOf(node: number, fields: Fields): HeldLog | null {
  const entries = fields[LOG_FIELD];
  if (!Array.isArray(entries)) return null;
  return {
    node,
    first: Number(fields[LOG_FIRST_FIELD] ?? 1),
    commit: Number(fields[COMMIT_FIELD] ?? 0),
    entries: entries as readonly string[],
  };
}

export function termOf(entry: string): string {
  return entry.slice(0, entry.indexOf(' ') >>> 0);
}

export function entryAt({ first, entries }: HeldLog, index: number): string | undefined {
  return entries[index - first];
}

/** Indexes at which nodes hold different entries: from the first on, the logs have parted. */
export function conflictingIndexes(logs: readonly HeldLog[]): number[] {
  const from = Math.min(...logs.map(({ first }) => first));
  const to = Math.max(...logs.map(({ first, entries }) => first + entries.length - 1));
  const found: number[] = [];
  for (let index = from; index <= to; index += 1) {
    const held = logs.map((log) => entryAt(log, index)).filter((entry) => entry !== undefined);
    if (new Set(held).size > 1) found.push(index);
  }
  return found;
}
