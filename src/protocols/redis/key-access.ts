import type { Reply } from './reply.ts';
import type { StoredValue, Value } from './value.ts';

/** The data set as a command sees it: overdue keys are gone. */
export interface KeyAccess {
  /** The server's wall clock, ms. */
  readonly nowMs: number;
  get(key: string): Value | undefined;
  /** The value and its deadline. */
  live(key: string): StoredValue | undefined;
  /** Keeps the key's time to live; null removes the key. */
  put(key: string, value: Value | null): void;
  /** With this deadline, null for none. */
  store(key: string, value: Value, deadlineMs: number | null): void;
  /** Removes everything. */
  flush(): void;
}

/** One verb: its least and greatest number of arguments, the verb not counted, and what it does. */
export interface Verb {
  readonly arity: readonly [least: number, greatest: number];
  /** Refused while the append-only file is failing: whatever writes, and PING, so that a watchdog notices. */
  readonly needsFile: boolean;
  readonly run: (args: readonly string[], keys: KeyAccess) => Reply;
}
