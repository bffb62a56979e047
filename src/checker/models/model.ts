import type { Dialect } from '../../history/history.ts';

/** How an operation ended, as far as its effect on the object goes. */
export type Outcome =
  /** It took effect, and answered `output`. */
  | 'ok'
  /** It was carried out but declined, and tells something about the state (a compare-and-set that found another value). */
  | 'refused'
  /** Nobody knows whether it took effect; `output` is undefined. */
  | 'unknown';

/** One operation as a sequential specification sees it. Values are plain data; do not change them. */
export interface Call {
  readonly f: string;
  readonly process: number | string;
  /** `undefined` when the operation has no key. */
  readonly key: unknown;
  readonly input: unknown;
  /** `undefined` when the answer is not known: any answer will do. */
  readonly output: unknown;
  readonly outcome: Outcome;
}

/**
 * A sequential specification: what one object does when operations come one at a time. States are immutable plain data.
 * Write one in a few lines to judge an object of your own.
 */
export interface Model<S = unknown> {
  readonly name: string;
  /** The operations it knows; any other is reported, never passed over. */
  readonly functions: readonly string[];
  /** The state before the first operation, given the dialect's initial value. */
  init(initial: unknown): S;
  /** The state after the call, or `undefined` when the call cannot end like this in this state. Must be deterministic. */
  step(state: S, call: Call): S | undefined;
  /** A text that is equal for equal states; default: canonical JSON. */
  identity?(state: S): string;
  /** Whether the call never changes a state in which it is possible. Default: never. A wrong `true` makes wrong verdicts. */
  isPure?(call: Call): boolean;
  /** Whether the call is possible in every state. Default: not known to be. A wrong `true` makes wrong verdicts. */
  isTotal?(call: Call): boolean;
  /** Whether it is total and leaves the same state whatever was there before (an overwrite). Default: not known to. */
  isBlind?(call: Call): boolean;
  /** Whether a failed operation was carried out and declined, instead of not having happened. Default: it did not happen. */
  refuses?(call: Call, error: string | null, dialect: Dialect): boolean;
  /** Operations with different partitions are on independent objects. Default: by key. `null`: one object for all. */
  readonly partition?: ((call: Call) => unknown) | null;
  /** What is wrong with the call's values, for the error message; `undefined` when they are of the right shape. */
  complaint?(call: Call): string | undefined;
  /** Whether `process` matters to `step` (a lock's owner). Default: no; equal operations of two processes are then interchangeable. */
  readonly byProcess?: boolean;
  /** Whether the initial value of a dialect applies (otherwise the object starts empty). Default: no. */
  readonly usesInitial?: boolean;
}
