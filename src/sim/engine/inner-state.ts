/**
 * Under this name a class tells what it keeps in private fields, as far as that decides what it does next, so that whoever
 * compares states sees it; public and protected fields are seen anyway. A subclass adds its own to its parent's.
 */
export const INNER_STATE: unique symbol = Symbol('inner state');

/** A state that can be compared with others, although it has private fields. */
export interface WithInnerState {
  [INNER_STATE](): unknown;
}
