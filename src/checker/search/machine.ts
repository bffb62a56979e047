/** {@link Machine.step}: the action is impossible in this state. */
export const IMPOSSIBLE = -1;

/**
 * A deterministic object as the searches see it: states and actions are small natural numbers. An action is an operation
 * with its argument and, when known, its answer.
 */
export interface Machine {
  /** The state after the action, or {@link IMPOSSIBLE}. */
  step(state: number, action: number): number;
  /** Never changes a state in which it is possible (a read, a cas that compared and failed). */
  isPure(action: number): boolean;
  /** Possible in every state. */
  isTotal(action: number): boolean;
  /** Total, and the state after it does not depend on the state before (an overwrite). */
  isBlind(action: number): boolean;
  /** Bytes that the machine remembers, roughly; absent when it is little. */
  readonly bytes?: number;
  /** The state behind a number, for people; absent when the machine cannot say. */
  stateValue?(state: number): unknown;
  /** Present when the machine is a register, whose actions can be searched towards a goal. */
  readonly register?: RegisterActions;
}

/** What a register's action does; `READ` demands `from`, `CAS` demands `from` and leaves `to`, `OTHER` demands anything but `from`. */
export const READ = 0;
export const WRITE = 1;
export const CAS = 2;
export const OTHER = 3;

export interface RegisterActions {
  kind(action: number): number;
  /** The value demanded; meaningless for `WRITE`. */
  from(action: number): number;
  /** The value left; meaningless for `READ` and `OTHER`. */
  to(action: number): number;
}
