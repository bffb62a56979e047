import type { CrashTable } from './crash-table.ts';
import type { Machine } from './machine.ts';

/** Layout of a configuration: state, crash vector, then the `used` words, then the `spared` words. */
export const STATE = 0;
export const CRASH = 1;
export const USED = 2;
export const WORD_BITS = 32;

/** The operations that are open just before a completion, by slot (a bit of a configuration). */
export interface OpenOperations {
  readonly machine: Machine;
  /** How many 32-bit words the slots take. */
  readonly words: number;
  /** The slots that are open. */
  readonly pending: readonly number[];
  /** Per slot: the open operation and its action. */
  readonly slotOp: readonly number[];
  readonly slotAction: readonly number[];
  readonly crash: CrashTable;
  /** Per crashed kind: its action, and how many operations of it were invoked so far. */
  readonly crashActions: readonly number[];
  readonly crashAvailable: readonly number[];
}
