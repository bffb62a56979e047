import type { Lock } from './messages.ts';
import type { StoreRecord } from './records.ts';

export interface Version {
  readonly startTs: number;
  readonly commitTs: number;
  readonly value: number;
}

/** One row: at most one lock, its versions, and the transactions that were rolled back here. */
export interface Row {
  lock: Lock | null;
  readonly versions: Version[];
  readonly rolledBack: Set<number>;
}

/** The rows of a store as its log tells them. No I/O; the monitor keeps some too. */
export class Rows {
  readonly byName = new Map<string, Row>();

  row(name: string): Row {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const row: Row = { lock: null, versions: [], rolledBack: new Set() };
    this.byName.set(name, row);
    return row;
  }

  apply(record: StoreRecord): void {
    const row = this.row(record.row);
    const { startTs } = record;
    const own = row.lock?.startTs === startTs ? row.lock : null;
    if (record.kind === 'lock') row.lock = record.lock;
    else if (record.kind === 'rollback') {
      row.rolledBack.add(startTs);
      if (own !== null) row.lock = null;
    } else {
      if (own !== null) {
        row.versions.push({ startTs, commitTs: record.commitTs, value: own.value });
        row.lock = null;
      }
    }
  }

  /** The version that a reader at `ts` sees; undefined: none was committed by then. */
  versionAt(name: string, ts: number): Version | undefined {
    let seen: Version | undefined;
    for (const version of this.row(name).versions)
      if (version.commitTs <= ts && (seen === undefined || version.commitTs > seen.commitTs))
        seen = version;
    return seen;
  }

  committed(name: string, startTs: number): Version | undefined {
    return this.row(name).versions.find((version) => version.startTs === startTs);
  }
}
