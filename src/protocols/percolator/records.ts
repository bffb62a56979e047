import type { Lock } from './messages.ts';

/** The three columns of Percolator: lock, write, and the data, which here stands in the lock. */
export type StoreRecord =
  | { readonly kind: 'lock'; readonly row: string; readonly startTs: number; readonly lock: Lock }
  | {
      readonly kind: 'write';
      readonly row: string;
      readonly startTs: number;
      readonly commitTs: number;
    }
  /** `expired`: others have ended it, because its time was up. */
  | {
      readonly kind: 'rollback';
      readonly row: string;
      readonly startTs: number;
      readonly expired: boolean;
    };

/** Timestamps up to `ts` may have been given out. */
export interface OracleRecord {
  readonly kind: 'upTo';
  readonly ts: number;
}
