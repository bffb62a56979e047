/** A lock as its holder sees it. Volatile: a restarted client holds nothing and cannot release what it held. */
export interface Lock {
  readonly key: string;
  /** Unique per attempt; what makes release and extension safe. */
  readonly value: string;
  readonly token: number | null;
  /** Local clock reading until which it may be believed. */
  untilUs: number;
  extensions: number;
  /** Released, expired or lost. */
  over: boolean;
}
