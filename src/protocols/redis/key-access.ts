import type { Reply } from './reply.ts';
import type { Value } from './value.ts';

/** The data set as a command on one key sees it: overdue keys are gone. */
export interface KeyAccess {
  get(key: string): Value | undefined;
  /** Keeps the key's time to live; null removes the key. */
  put(key: string, value: Value | null): void;
}

/** One verb: its least and greatest number of arguments, the verb not counted, and what it does. */
export interface Verb {
  readonly arity: readonly [least: number, greatest: number];
  readonly run: (args: readonly string[], keys: KeyAccess) => Reply;
}
