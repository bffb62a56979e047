/** What a judgement may spend. Counted in work and bytes, never in time, so that running out is reproducible. */
export interface Budget {
  /** Configurations that the searches may generate in all. */
  readonly configurations: number;
  /** Bytes that the searches may hold at once. */
  readonly bytes: number;
}

export const DEFAULT_BUDGET: Budget = { configurations: 20_000_000, bytes: 384 * 1024 * 1024 };
